local program = require("program")
local testing = require("pgai.testing")

-- What a process says that asks for a page, with the folder of the user.
local function run(sandbox, folder, options)
    local code = ([[
        local contacts = require("pgai").contacts{ pace = "shared", max_wait = 1, %s }
        local page, err = contacts:safe():list{ limit = 1 }
        print(page and "listed" or err.kind .. " " .. tostring(err.retry_after))
    ]]):format(options or "")
    local said
    program.with_file(code, function(path)
        local pipe = assert(io.popen(table.concat({
            "XDG_RUNTIME_DIR=" .. folder, "PGAI_LOG=warning", "PGAI_BASE_URL=" .. sandbox.url,
            "PGAI_API_KEY=" .. sandbox.api_key, "timeout 60", program.lua, path, "2>&1",
        }, " "), "r"))
        said = pipe:read("*a")
        pipe:close()
    end)
    return said
end

describe("pace = \"shared\"", function()
    local sandbox, folder

    before_each(function()
        sandbox = testing.sandbox{ limiter = "fixed", rate_limit = 60 }
        local pipe = assert(io.popen("mktemp -d"))
        folder = pipe:read("*l")
        pipe:close()
    end)

    after_each(function()
        sandbox:stop()
        os.execute("rm -r " .. folder)
    end)

    it("is one pace for two processes", function()
        assert.equal("listed\n", run(sandbox, folder, "share = 1 / 8"))
        assert.matches("^rate_limited [5-9]", run(sandbox, folder, "share = 1 / 8"))
        assert.equal("listed\n", run(sandbox, folder, "share = 1 / 4"))
        assert.equal(2, sandbox:log().counts.requests)
    end)

    it("goes on with a damaged file, and says so", function()
        assert.equal("listed\n", run(sandbox, folder))
        os.execute("for file in " .. folder .. "/pgai/*; do echo nonsense > $file; done")
        local said = run(sandbox, folder)
        assert.matches("pgai: warning: .* was damaged", said)
        assert.matches("listed\n$", said)
    end)

    it("refuses a file that others may write to", function()
        assert.equal("listed\n", run(sandbox, folder))
        os.execute("chmod 660 " .. folder .. "/pgai/*")
        assert.matches("others may write to it; set XDG_RUNTIME_DIR", run(sandbox, folder))
    end)
end)
