local curl = require("pgai.transports.curl")
local network = require("pgai.curl")
local pgai = require("pgai")
local testing = require("pgai.testing")
local program = require("program")

describe("the transport over libcurl", function()
    local sandbox, transport

    local function request(target, changes)
        local made = {
            method = "GET", url = sandbox.url .. target, target = "/v1" .. target,
            host = "127.0.0.1", port = 80, tls = false, once = false,
            timeout = 10, connect_timeout = 10,
            headers = { { "x-api-key", sandbox.api_key }, { "accept", "application/json" } },
        }
        for name, value in pairs(changes or {}) do
            made[name] = value
        end
        return made
    end

    before_each(function()
        sandbox = testing.sandbox{ contacts = 3 }
        transport = assert(curl.new{ base_url = sandbox.url })
    end)

    after_each(function()
        transport:close()
        sandbox:stop()
    end)

    it("returns status, headers and body", function()
        local status, headers, body = transport:request(request("/contacts?page=1"))
        assert.equal(200, status)
        assert.equal("application/json", headers["Content-Type"])
        assert.equal(tonumber(headers["Content-Length"]), #body)
        assert.matches('"total":3', body, 1, true)
    end)

    it("gives all values of a header that comes more than once", function()
        for lines = 1, 3 do
            sandbox:fault{ fault = "header_flood", lines = lines }
        end
        local _, headers = transport:request(request("/contacts"))
        local more = "there is more to come"
        assert.same({ more, more, more }, headers["X-Flood-0"])
        assert.same({ more, more }, headers["X-Flood-1"])
        assert.equal(more, headers["X-Flood-2"])
    end)

    it("sends a body", function()
        local status, _, body = transport:request(request("/contacts", {
            method = "POST", once = true, body = '{"first_name": "Ada"}',
            headers = { { "x-api-key", sandbox.api_key }, { "content-type", "application/json" } },
        }))
        assert.equal(201, status)
        assert.matches('"Ada"', body, 1, true)
        assert.equal("Ada", sandbox:log().created[1].first_name)
    end)

    it("tells why there is no response", function()
        sandbox:fault{ fault = "stall", k = 0 }
        local response, failure = transport:request(request("/contacts", { timeout = 0.1 }))
        assert.is_nil(response)
        assert.equal("timeout", failure.kind)
        assert.is_true(failure.sent)
        assert.is_false(failure.permanent)
        assert.is_string(failure.message)
        sandbox:stop()
        response, failure = transport:request(request("/contacts"))
        assert.is_nil(response)
        assert.equal("connect", failure.kind)
        assert.is_false(failure.sent)
    end)

    it("sleeps as long as it is asked", function()
        local begun = transport:now()
        assert.is_true(transport:sleep(0.05))
        assert.is_true(transport:now() - begun > 0.0499)
        assert.is_true(transport:sleep(-1))
    end)

    it("says what is wrong with a request or an option", function()
        assert.has_error(function() transport:request(request("/", { url = 7 })) end,
            "request.url must be a string")
        assert.has_error(function() transport:request(request("/", { headers = { "a" } })) end)
        for _, port in ipairs({ 80.5, 0, 65536, 0 / 0 }) do
            assert.has_error(function() transport:request(request("/", { port = port })) end,
                "request.port must be a whole number from 1 to 65535")
        end
        assert.has_error(function() transport:request(request("/", { timeout = "1" })) end,
            "request.timeout must be a number of seconds")
        local none, why = curl.new{ base_url = "ftp://127.0.0.1" }
        assert.is_nil(none)
        assert.equal("usage", why.kind)
        none, why = curl.new{ ca = "/no/such/file" }
        assert.is_nil(none)
        assert.matches("/no/such/file", why.message, 1, true)
    end)

    it("does not work once it is closed, and closes twice", function()
        transport:close()
        transport:close()
        assert.has_error(function() transport:request(request("/contacts")) end)
    end)

    it("can be wrapped, also by what inherits from it", function()
        local seen = 0
        local wrapper = setmetatable({}, { __index = transport })
        function wrapper.request(_, req)
            seen = seen + 1
            return transport:request(req)
        end
        for _, each in ipairs({ wrapper, transport, setmetatable({}, { __index = transport }) }) do
            local contacts = pgai.contacts{
                base_url = sandbox.url, api_key = sandbox.api_key, transport = each,
            }
            assert.equal(3, #contacts:list())
        end
        assert.equal(1, seen)
        function transport:request(req)
            seen = seen + 1
            return getmetatable(self).__index.request(self, req)
        end
        assert.equal(3, #pgai.contacts{
            base_url = sandbox.url, api_key = sandbox.api_key, transport = transport,
        }:list())
        assert.equal(2, seen)
    end)

    it("takes several requests at once", function()
        local several = assert(network.new(sandbox.url))
        assert.is_number(several:fd())
        sandbox:fault{ fault = "latency", ms = 200 }
        local begun = network.now()
        local open = {}
        for _ = 1, 5 do
            open[several:submit(request("/contacts"))] = true
        end
        while next(open) do
            local id = several:wait(1)
            if id then
                assert.is_true(open[id])
                open[id] = nil
                assert.equal(200, (several:result(id):read()))
            end
        end
        assert.is_true(network.now() - begun < 0.8)
        several:close()
    end)

    it("keeps a response while its transport is closed", function()
        local gone = assert(network.new(sandbox.url))
        local id = gone:submit(request("/contacts"))
        while gone:wait(1) ~= id do end -- luacheck: ignore 542
        local response = gone:result(id)
        gone:close()
        collectgarbage()
        assert.equal(200, (response:read()))
        assert.has_error(function() response:read() end)
    end)

    it("goes on after an error was raised while it waited", function()
        sandbox:fault{ fault = "stall", k = 0, match = { times = 1 } }
        local stalled = request("/contacts")
        local begun = network.now()
        debug.sethook(function()
            if network.now() > begun + 0.25 then
                debug.sethook()
                error("interrupted")
            end
        end, "", 1)
        local fine = pcall(transport.request, transport, stalled)
        assert.is_false(fine)
        assert.equal(200, (transport:request(request("/contacts"))))
    end)

    it("ends soon after Ctrl-C", function()
        sandbox:fault{ fault = "stall", k = 0 }
        local begun = network.now()
        program.with_file([[
            local process = io.open("/proc/self/stat"):read("*n")
            os.execute(("(sleep 0.3; kill -INT %d) &"):format(process))
            require("pgai").contacts():list()
        ]], function(path)
            assert.matches("interrupted", program.run(sandbox, path))
        end)
        assert.is_true(network.now() - begun < 5)
    end)

    if rawget(_G, "jit") then
        it("goes on in a forked child", function()
            local ffi = require("ffi")
            ffi.cdef("int fork(void); int waitpid(int, int *, int); void _exit(int);")
            assert.equal(200, (transport:request(request("/contacts"))))
            local child = ffi.C.fork()
            if child == 0 then
                local status = transport:request(request("/contacts"))
                ffi.C._exit(status == 200 and 0 or 1)
            end
            local status = ffi.new("int[1]")
            assert.equal(child, ffi.C.waitpid(child, status, 0))
            assert.equal(0, status[0])
            assert.equal(200, (transport:request(request("/contacts"))))
            assert.equal(2, sandbox:log().counts.connections)
        end)
    end
end)
