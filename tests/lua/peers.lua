--- Services that are not what a client hopes for: tests/support/peers.py, in a process.
local json = require("dkjson")
local program = require("program")

local peers = {}
peers.__index = peers

--- Start them.
-- @treturn table whose `names` say where each is
function peers.start()
    local path = os.tmpname()
    os.remove(path)
    local process = assert(io.popen(("exec python3 '%stests/support/peers.py' '%s'"):format(
        program.root, path), "w"))
    local text
    for _ = 1, 3000 do
        text = program.read(path)
        if text then
            break
        end
        os.execute("sleep 0.01")
    end
    os.remove(path)
    return setmetatable({ names = (json.decode((assert(text, "no peers")))), process = process },
        peers)
end

--- The text with each {name} in it replaced by where that is.
function peers:fill(text)
    return (text:gsub("{([%w_]+)}", self.names))
end

function peers:stop()
    self.process:close()
end

return peers
