--- Reads one answer of HTTP/1.1 (RFC 9112) from bytes as they come.
--
-- It has no socket: whoever has one hands in a function that fetches more. An answer is
-- whole, or it is none.

local byte, find, lower, match, sub = string.byte, string.find, string.lower, string.match,
    string.sub

local M = {}

-- The ceilings of the C client; see core/client/reply.h.
local HEADER_BYTES = 64 * 1024
local HEADER_LINES = 256
local BODY_BYTES = 8 * 1024 * 1024

-- Digits of a length that cannot be represented wrongly; more is too large in any case.
local LENGTH_DIGITS = 12

local CR, SPACE, TAB, COLON = byte("\r \t:", 1, 4)

local function fail(kind, message, permanent)
    return nil, { kind = kind, message = message, permanent = permanent or false }
end

local function too_many_headers()
    return fail("too_large", "more than 64 KiB or 256 lines of headers", true)
end

local function too_long_a_body()
    return fail("too_large", "a body of more than 8 MiB", true)
end

-- Fetch more; true, or nil and why not.
local function more(reader)
    local bytes, reason = reader.receive()
    if bytes then
        reader.bytes = sub(reader.bytes, reader.at) .. bytes
        reader.at = 1
        reader.began = true
        return true
    end
    if reason == "timeout" then
        return fail("timeout", "no answer in time")
    end
    reader.closed = reason == "closed"
    return fail("connection_lost", "it ended inside the " .. reader.part
        .. (reader.closed and "" or ": " .. tostring(reason)))
end

-- The next line, without its end; at most `most` bytes of it are waited for.
local function read_line(reader, most)
    local from = reader.at
    while true do
        local stop = find(reader.bytes, "\n", from, true)
        if stop then
            local at = reader.at
            reader.at = stop + 1
            if stop > at and byte(reader.bytes, stop - 1) == CR then
                stop = stop - 1
            end
            return sub(reader.bytes, at, stop - 1)
        end
        local waiting = #reader.bytes - reader.at + 1
        if waiting > most then
            return too_many_headers()
        end
        local ok, failure = more(reader)
        if not ok then
            return nil, failure
        end
        from = waiting + 1
    end
end

local function read_header_line(reader)
    local line, failure = read_line(reader, HEADER_BYTES - reader.header_bytes)
    if not line then
        return nil, failure
    end
    reader.header_bytes = reader.header_bytes + #line + 2
    reader.header_lines = reader.header_lines + 1
    if reader.header_bytes > HEADER_BYTES or reader.header_lines > HEADER_LINES then
        return too_many_headers()
    end
    if find(line, "\0", 1, true) then
        return fail("protocol", "a NUL in the headers")
    end
    return line
end

local function is_blank(character)
    return character == SPACE or character == TAB
end

-- The name and the value of a line, without blanks around it; nil: it has none. Patterns
-- would do it in one line, in several times the time.
local function read_header(line)
    local colon = find(line, ":", 1, true)
    local first = byte(line, 1)
    if not colon or first == COLON or is_blank(first) then
        return nil
    end
    local from, to = colon + 1, #line
    while is_blank(byte(line, from)) do
        from = from + 1
    end
    while to >= from and is_blank(byte(line, to)) do
        to = to - 1
    end
    return lower(sub(line, 1, colon - 1)), sub(line, from, to)
end

-- A name that comes twice has a list of values.
local function add_header(headers, name, value)
    local present = headers[name]
    if present == nil then
        headers[name] = value
    elseif type(present) == "table" then
        present[#present + 1] = value
    else
        headers[name] = { present, value }
    end
end

-- Header lines until the blank one; nil and why not.
local function read_headers(reader)
    local headers = {}
    while true do
        local line, failure = read_header_line(reader)
        if not line then
            return nil, failure
        elseif line == "" then
            return headers
        end
        local name, value = read_header(line)
        if name then
            add_header(headers, name, value)
        end
    end
end

-- The header block of the answer itself, past those of interim answers (1xx).
local function read_head(reader)
    while true do
        local line, failure = read_header_line(reader)
        if not line then
            return nil, failure
        end
        local minor, status, rest = match(line, "^HTTP/1%.([01]) ([1-9]%d%d)(.?)")
        if not status or (rest ~= "" and rest ~= " ") then
            return fail("protocol", "a status line without a status")
        end
        local headers
        headers, failure = read_headers(reader)
        if not headers then
            return nil, failure
        end
        status = tonumber(status)
        if status >= 200 then
            return { status = status, headers = headers, minor = minor }
        end
    end
end

-- Exactly so many bytes.
local function read_bytes(reader, count)
    local pieces, had = {}, 0
    while true do
        local piece = sub(reader.bytes, reader.at, reader.at + count - had - 1)
        reader.at = reader.at + #piece
        had = had + #piece
        if had == count and not pieces[1] then
            return piece
        end
        pieces[#pieces + 1] = piece
        if had == count then
            return table.concat(pieces)
        end
        local ok, failure = more(reader)
        if not ok then
            return nil, failure
        end
    end
end

-- The size of the next chunk; what follows it on its line counts as headers.
local function read_chunk_size(reader)
    local line, failure = read_line(reader, HEADER_BYTES - reader.header_bytes)
    if not line then
        return nil, failure
    end
    local digits, semicolon, extension = match(line, "^0*(%x+)[ \t]*(;?)(.*)$")
    if not digits or (semicolon == "" and extension ~= "") then
        return fail("protocol", "a chunk without a size")
    end
    reader.header_bytes = reader.header_bytes + #extension
    if reader.header_bytes > HEADER_BYTES then
        return too_many_headers()
    end
    if #digits > LENGTH_DIGITS then
        return too_long_a_body()
    end
    return tonumber(digits, 16)
end

-- One chunk with the line end behind it.
local function read_chunk(reader, size)
    local piece, failure = read_bytes(reader, size)
    if not piece then
        return nil, failure
    end
    local line_end
    line_end, failure = read_line(reader, 1)
    if not line_end then
        return nil, failure
    elseif line_end ~= "" then
        return fail("protocol", "a chunk that is longer than its size")
    end
    return piece
end

local function read_chunked(reader)
    local pieces, had = {}, 0
    while true do
        local size, failure = read_chunk_size(reader)
        if not size then
            return nil, failure
        end
        had = had + size
        if had > BODY_BYTES then
            return too_long_a_body()
        end
        if size == 0 then
            local trailers
            trailers, failure = read_headers(reader)
            return trailers and table.concat(pieces), failure
        end
        local piece
        piece, failure = read_chunk(reader, size)
        if not piece then
            return nil, failure
        end
        pieces[#pieces + 1] = piece
    end
end

-- A body that ends with the connection.
local function read_to_end(reader)
    local pieces, had = {}, 0
    while true do
        local piece = sub(reader.bytes, reader.at)
        reader.at = #reader.bytes + 1
        had = had + #piece
        if had > BODY_BYTES then
            return too_long_a_body()
        end
        pieces[#pieces + 1] = piece
        local ok, failure = more(reader)
        if reader.closed then
            return table.concat(pieces)
        elseif not ok then
            return nil, failure
        end
    end
end

-- The announced length; nil: none is; false: not to be trusted, as whoever sits between
-- us and the service may read it in another way (RFC 9112, section 6.3).
local function length_of(headers)
    local given = headers["content-length"]
    if type(given) == "table" then
        for _, other in ipairs(given) do
            if other ~= given[1] then
                return false
            end
        end
        given = given[1]
    end
    if given == nil then
        return nil
    end
    local digits = match(given, "^0*(%d+)$")
    if not digits then
        return false
    end
    return #digits > LENGTH_DIGITS and math.huge or tonumber(digits)
end

local function read_body(reader, answer)
    local headers = answer.headers
    if answer.status == 204 or answer.status == 304 then
        return ""
    end
    local coding = headers["transfer-encoding"]
    local compression = headers["content-encoding"]
    local length = length_of(headers)
    if compression and compression ~= "identity" then
        return fail("protocol", "a compressed body, which was not asked for")
    elseif length == false then
        return fail("protocol", "a Content-Length that is no number, or two of them")
    elseif coding then
        if type(coding) == "table" or lower(coding) ~= "chunked" then
            return fail("protocol", "a transfer encoding other than chunked")
        end
        return read_chunked(reader)
    elseif not length then
        answer.ends = true
        return read_to_end(reader)
    elseif length > BODY_BYTES then
        return too_long_a_body()
    end
    return read_bytes(reader, length)
end

-- Whether the connection can carry another request.
local function is_reusable(reader, answer)
    local headers = answer.headers
    local connection = headers.connection
    if type(connection) == "table" then
        connection = table.concat(connection, ",")
    end
    return answer.minor == "1" and not answer.ends and reader.at > #reader.bytes
        and not (headers["transfer-encoding"] and headers["content-length"])
        and not (connection and find(lower(connection), "close", 1, true))
end

--- Read an answer.
--
-- receive: function() that returns one or more bytes, or nil and a reason: "closed",
-- "timeout", or what else went wrong.
--
-- Returns a table: `status` (a number), `headers` (names in lower case; a value, or a list
-- of values where the name came more than once), `body` (a string), `reusable` (whether
-- the connection can carry another request). Otherwise nil and a table: `kind`,
-- `message` and `permanent` as in a transport's failure, and `began` (whether any byte of
-- an answer came).
function M.read(receive)
    local reader = {
        receive = receive,
        bytes = "",
        at = 1,
        part = "headers",
        header_bytes = 0,
        header_lines = 0,
        began = false,
        closed = false,
    }
    local answer, failure = read_head(reader)
    if answer then
        reader.part = "body"
        answer.body, failure = read_body(reader, answer)
    end
    if failure then
        failure.began = reader.began
        return nil, failure
    end
    answer.reusable = is_reusable(reader, answer)
    return answer
end

return M
