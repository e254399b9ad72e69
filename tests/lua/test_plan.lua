local pgai = require("pgai")
local testing = require("pgai.testing")

describe("a plan", function()
    local sandbox, contacts

    before_each(function()
        sandbox = testing.sandbox{ contacts = 100 }
        contacts = sandbox:client()
    end)

    after_each(function()
        sandbox:stop()
    end)

    local function refuses(options, ...)
        local fine, err = pcall(contacts.plan, contacts, options)
        assert.is_false(fine)
        assert.is_true(pgai.is_error(err, "usage"))
        for _, word in ipairs({ ... }) do
            assert.is_truthy(err.message:find(word, 1, true), err.message)
        end
        assert.equal(0, sandbox:log().counts.requests)
    end

    it("cuts all pages into ranges that walks take as they are", function()
        for _, count in ipairs({ 1, 2, 3, 7, 64 }) do
            local parts = contacts:plan{ parts = count, limit = 9 }
            local ids = {}
            assert.equal(math.min(count, 12), #parts)
            for _, part in ipairs(parts) do
                for contact in contacts:each(part) do
                    ids[#ids + 1] = contact.id
                end
            end
            local n = 0
            for contact in contacts:each() do
                n = n + 1
                assert.equal(contact.id, ids[n])
            end
            assert.equal(n, #ids)
        end
    end)

    it("ends with an open range", function()
        local parts = contacts:plan{ parts = 2, per_page = 40 }
        assert.same({ { start = 1, count = 2, limit = 40 }, { start = 3, limit = 40 } }, parts)
    end)

    it("is refused before anything is sent", function()
        refuses({ parts = 0 }, "parts", "from 1 to 10000")
        refuses({ parts = -1 }, "parts", "from 1 to 10000")
        refuses({ parts = 10001 }, "parts", "from 1 to 10000")
        refuses({ parts = "4" }, "parts")
        refuses({ parts = 1.5 }, "parts")
        refuses({}, "parts is missing")
        refuses({ workers = 4 }, "did you mean parts?")
        refuses(4, "contacts:plan{ parts = 4 }")
    end)

    it("returns nil and an error under safe()", function()
        sandbox:fault{ fault = "status", code = 401 }
        local parts, err = contacts:safe():plan{ parts = 2 }
        assert.is_nil(parts)
        assert.equal("authentication", err.kind)
    end)
end)
