local testing = require("pgai.testing")
local json = require("dkjson")
local program = require("program")

local faults = json.decode(program.read(program.root .. "tests/support/faults.json"))

describe("the examples", function()
    local sandbox

    before_each(function()
        sandbox = testing.sandbox()
    end)

    after_each(function()
        sandbox:stop()
    end)

    local function run(name, ...)
        return program.run(sandbox, program.root .. "examples/" .. name, ...)
    end

    local function last_line(said)
        return said:match("([^\n]*)\n$")
    end

    it("contacts_tour.lua", function()
        local said, status = run("contacts_tour.lua")
        assert.equal(0, status)
        assert.equal(program.lua .. ": 1001 contacts in 21 requests", last_line(said))
    end)

    it("list_contacts.lua", function()
        local said, status = run("list_contacts.lua", 2, 10)
        assert.equal(0, status)
        assert.equal("page 2, 10 of 1000 contacts", last_line(said))
        sandbox:fault{ fault = "status", code = 401 }
        said, status = run("list_contacts.lua")
        assert.equal(1, status)
        assert.matches("^authentication: ", said)
    end)

    it("request.lua", function()
        local said, status = run("request.lua", "GET", "/contacts", "page=2", "limit=10")
        assert.equal(0, status)
        assert.equal(10, #json.decode(said).data)
        assert.equal("/v1/contacts?page=2&limit=10", sandbox:log().requests[1].target)
        said, status = run("request.lua", "HEAD", "/nowhere")
        assert.equal(1, status)
        assert.matches("%(status 404%)", said)
        said, status = run("request.lua", "GET")
        assert.equal(1, status)
        assert.matches("path must be a string, not nil", said, 1, true)
    end)

    it("export_csv.lua", function()
        program.with_file("", function(path)
            local said, status = run("export_csv.lua", path)
            assert.equal(0, status, said)
            assert.matches("1000 of 1000 contacts", said, 1, true)
            local _, lines = program.read(path):gsub("\r\n", "")
            assert.equal(1001, lines)
            assert.is_nil(program.read(path .. ".cursor"))
        end)
    end)

    it("export_csv.lua quotes as RFC 4180 says", function()
        sandbox:stop()
        sandbox = testing.sandbox{ contacts = 0 }
        sandbox:client():create{ first_name = 'Ann "A", Lee\nSmith' }
        program.with_file("", function(path)
            run("export_csv.lua", path)
            assert.matches(',"Ann ""A"", Lee\nSmith",', program.read(path), 1, true)
        end)
    end)

    it("export_csv.lua of no contacts has the names of the columns", function()
        sandbox:stop()
        sandbox = testing.sandbox{ contacts = 0 }
        program.with_file("", function(path)
            run("export_csv.lua", path)
            assert.matches("^id,first_name,[%w_,]+,updated_at\r\n$", program.read(path))
        end)
    end)

    it("export_csv.lua goes on where it was stopped", function()
        program.with_file("", function(path)
            sandbox:fault{
                fault = "status", code = 403, match = { path = "/v1/contacts", nth = 11 },
            }
            local _, status = run("export_csv.lua", path)
            assert.not_equal(0, status)
            assert.is_string(program.read(path .. ".cursor"))
            local file = assert(io.open(path, "ab"))
            file:write("half of a li")
            file:close()
            _, status = run("export_csv.lua", path)
            assert.equal(0, status)
            -- A strict walk takes 24. One was refused, and up to three behind it are sent anew.
            local requests = sandbox:log().counts.requests
            assert.is_true(requests >= 25 and requests <= 29)
            local ids, count = {}, 0
            for id in program.read(path):gmatch("\n(%x+%-[%x%-]+),") do
                assert.is_nil(ids[id])
                ids[id] = true
                count = count + 1
            end
            assert.equal(1000, count)
            assert.is_nil(program.read(path):find("half", 1, true))
        end)
    end)

    local changes = { contacts_deleted = true, contacts_replaced = true, contacts_moved = true }
    for _, listed in ipairs(faults.paging) do
        local rule = listed.rule
        it("export_csv.lua is whole or says that it is not: " .. json.encode(rule), function()
            program.with_file("", function(path)
                sandbox:fault(rule)
                for _ = 1, 2 do
                    local said, status = run("export_csv.lua", path)
                    local _, lines = program.read(path):gsub("\r\n", "")
                    local cursor = program.read(path .. ".cursor")
                    if status == 0 then
                        -- What others delete, or move, is not there to be exported.
                        assert.is_true(lines >= 1001 or changes[rule.fault], said)
                        assert.is_nil(cursor)
                    elseif status == 3 then
                        assert.is_string(cursor)
                        assert.matches("some may be missing: ", said, 1, true)
                    else
                        assert.equal(1, status)
                    end
                end
                os.remove(path .. ".cursor")
            end)
        end)
    end

    it("coroutines.lua", function()
        local page = sandbox:client():list{ limit = 3 }
        sandbox:reset()
        sandbox:fault{ fault = "latency", ms = 100 }
        sandbox:fault{ fault = "status", code = 503, match = { times = 1 } }
        local said, status = run("coroutines.lua", page[1].id, page[2].id, page[3].id, "nobody")
        assert.equal(0, status)
        for i = 1, 3 do
            assert.matches(page[i].id .. "\t" .. page[i].email .. "\n", said, 1, true)
        end
        assert.matches("nobody\tnot_found\n", said, 1, true)
        assert.equal(5, sandbox:log().counts.requests)
        assert.is_true(sandbox:log().counts.connections >= 4)
    end)
end)
