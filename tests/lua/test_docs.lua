local testing = require("pgai.testing")
local program = require("program")

-- What a document shows in Lua, as one program; nil if that is nothing.
local function shown(path)
    local blocks = {}
    for block in program.read(path):gmatch("\n```lua\n(.-)\n```\n") do
        blocks[#blocks + 1] = block
    end
    return blocks[1] and table.concat(blocks, "\n")
end

-- The paths of all documents.
local function documents()
    local pipe = assert(io.popen(("find '%sREADME.md' '%sdocs' -name '*.md'")
        :format(program.root, program.root)))
    local paths = {}
    for path in pipe:lines() do
        paths[#paths + 1] = path
    end
    pipe:close()
    assert(#paths > 30)
    return paths
end

describe("what the documents show", function()
    for _, path in ipairs(documents()) do
        local text = shown(path)
        local run = text and it or function() end
        run(path:sub(#program.root + 1), function()
            local sandbox = testing.sandbox()
            program.with_file(text .. '\nprint("all of it")\n', function(file)
                local said, status = program.run(sandbox, file)
                assert.equal(0, status, said)
                assert.matches("all of it\n$", said)
            end)
            sandbox:stop()
        end)
    end
end)
