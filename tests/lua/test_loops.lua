-- The transports of examples/ for event loops. $PGAI_COPAS is the folder of copas 4 and of what it
-- needs, which Debian 12 does not have.
local pgai = require("pgai")
local testing = require("pgai.testing")
local program = require("program")

local folder = os.getenv("PGAI_COPAS")
package.path = program.root .. "examples/?.lua;" .. (folder and folder .. "/?.lua;" or "")
    .. package.path

local loops = {}

-- Run functions in a loop until all are over.
function loops.cqueues(functions)
    local loop = require("cqueues").new()
    for _, work in ipairs(functions) do
        loop:wrap(work)
    end
    assert(loop:loop())
end

function loops.copas(functions)
    local copas = require("copas")
    for _, work in ipairs(functions) do
        copas.addthread(function()
            copas.seterrorhandler(function(err) error(err, 0) end)
            work()
        end)
    end
    copas.loop()
end

-- Why a loop cannot be tested; nil: it can.
local function missing(name)
    local found, module = pcall(require, name)
    if not found then
        return "there is no " .. name .. " for " .. program.lua
    elseif name == "copas" and not module.pauseforever then
        return module._VERSION .. " is too old; set PGAI_COPAS to the folder of copas 4"
    end
    return nil
end

for name, run in pairs(loops) do
    local reason = missing(name)
    local test = reason and function(title)
        pending(title .. ": " .. reason)
    end or it

    describe("the transport for " .. name, function()
        local sandbox, transport, contacts

        local function make(options)
            options.base_url, options.api_key = sandbox.url, sandbox.api_key
            options.transport, options.pace = transport, false
            contacts = pgai.contacts(options):safe()
        end

        before_each(function()
            sandbox = testing.sandbox{ contacts = 400, rate_limit = 0 }
            if not reason then
                transport = require(name .. "_transport"){ base_url = sandbox.url }
                make{}
            end
        end)

        after_each(function()
            sandbox:stop()
        end)

        local function timed(functions)
            local begun = transport.now()
            run(functions)
            return transport.now() - begun
        end

        test("has walks and calls at once, with pages in flight", function()
            local seen, works = 0, {}
            sandbox:fault{ fault = "latency", ms = 100 }
            for i = 1, 3 do
                works[i] = function()
                    for _ in contacts:each{ limit = 50, prefetch = 7 } do
                        seen = seen + 1
                    end
                end
                works[3 + i] = function()
                    local page = contacts:list{ limit = 10 }
                    seen = seen + #page
                end
            end
            -- A page and then seven at once take 200 ms; one after the other, 800.
            assert.is_true(timed(works) < 0.6)
            assert.equal(3 * 410, seen)
            assert.equal(27, sandbox:log().counts.requests)
        end)

        test("is used in one loop after another, and sends creates", function()
            local ids = {}
            for i = 1, 2 do
                run{ function() ids[i] = contacts:create{ first_name = "Ada" }.id end }
            end
            assert.equal(2, #sandbox:log().created)
            assert.not_equal(ids[1], ids[2])
            contacts:close()
            contacts:close()
        end)

        test("waits for one call while others go on", function()
            local ended = {}
            sandbox:fault{ fault = "status", code = 503,
                match = { path = "/v1/contacts/nobody", times = 1 } }
            run{
                function()
                    local _, err = contacts:get("nobody")
                    ended[#ended + 1] = err.kind
                end,
                function()
                    for i = 1, 4 do
                        local page = contacts:list{ limit = i }
                        ended[#ended + 1] = #page
                    end
                end,
            }
            assert.same({ 1, 2, 3, 4, "not_found" }, ended)
            assert.equal(6, sandbox:log().counts.requests)
        end)

        test("ends what takes too long, and tells why nothing came", function()
            local stalled, fetched, gone
            make{ timeout = 0.2, max_attempts = 1 }
            sandbox:fault{ fault = "stall", k = 0, match = { times = 1 } }
            assert.is_true(timed{ function()
                stalled = select(2, contacts:list())
                fetched = contacts:list()
            end } < 5)
            assert.equal("timeout", stalled.kind)
            assert.equal(50, #fetched)
            sandbox:stop()
            run{ function() gone = select(2, contacts:list()) end }
            assert.equal("connect", gone.kind)
        end)

        test("refuses what libcurl's transport refuses", function()
            local made, err = pcall(require(name .. "_transport"), { ca = "/no/such/file" })
            assert.is_false(made)
            assert.matches("/no/such/file", tostring(err.message), 1, true)
        end)
    end)
end
