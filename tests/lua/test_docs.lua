local testing = require("pgai.testing")
local program = require("program")

-- What a document shows in Lua, as one program.
local function shown(path)
    local blocks = {}
    for block in program.read(program.root .. path):gmatch("\n```lua\n(.-)\n```\n") do
        blocks[#blocks + 1] = block
    end
    assert(#blocks > 0, path .. " shows no Lua")
    return table.concat(blocks, "\n")
end

describe("what the documents show", function()
    for _, path in ipairs({ "README.md", "docs/testing.md" }) do
        it(path, function()
            local sandbox = testing.sandbox()
            program.with_file(shown(path) .. '\nprint("all of it")\n', function(file)
                local said, status = program.run(sandbox, file)
                assert.equal(0, status, said)
                assert.matches("all of it\n$", said)
            end)
            sandbox:stop()
        end)
    end
end)
