-- resty.upload: reads a multipart/form-data body in pieces, as it comes.

local req_socket = ngx.req.socket
local get_headers = ngx.req.get_headers
local match, setmetatable, type = string.match, setmetatable, type

local _M = {_VERSION = "0.11"}
local mt = {__index = _M}

local CHUNK, LINE = 4096, 512

-- What is being read: what lies before the first boundary, a header, a body, or nothing any more.
local PREAMBLE, HEADER, BODY, EOF = 1, 2, 3, 4

local function boundary_of(header)
    if type(header) == "table" then
        header = header[1]
    end
    if not header then
        return nil
    end
    return match(header, ';%s*[bB][oO][uU][nN][dD][aA][rR][yY]="([^"]+)"')
        or match(header, ';%s*[bB][oO][uU][nN][dD][aA][rR][yY]=([^",;]+)')
end

function _M.new(_, chunk_size, max_line_size)
    local boundary = boundary_of(get_headers()["content-type"])
    if not boundary then
        return nil, "no boundary defined in Content-Type"
    end
    local sock, err = req_socket()
    if not sock then
        return nil, err
    end
    local to_boundary
    to_boundary, err = sock:receiveuntil("--" .. boundary)
    if not to_boundary then
        return nil, err
    end
    local in_part
    in_part, err = sock:receiveuntil("\r\n--" .. boundary)
    if not in_part then
        return nil, err
    end
    local line
    line, err = sock:receiveuntil("\r\n")
    if not line then
        return nil, err
    end
    return setmetatable({
        sock = sock, size = chunk_size or CHUNK, line_size = max_line_size or LINE, preamble = to_boundary, part = in_part,
        read_line = line, state = PREAMBLE,
    }, mt)
end

function _M.set_timeout(self, timeout)
    if not self.sock then
        return nil, "not initialized"
    end
    return self.sock:settimeout(timeout)
end

-- Behind a boundary stands "--" at the end of the body, or a line's end.
local function after_boundary(self)
    local two, err = self.sock:receive(2)
    if not two then
        return nil, nil, err
    end
    if two == "--" then
        -- what follows is of no interest
        repeat
            local data = self.sock:receive(self.size)
        until not data
        self.state = EOF
        return "part_end"
    end
    if two ~= "\r\n" then
        local rest
        rest, err = self.read_line(self.line_size)
        if rest == nil and err then
            return nil, nil, err
        end
    end
    self.state = HEADER
    return "part_end"
end

local function header(self)
    local line, err = self.read_line(self.line_size)
    if not line then
        if err then
            return nil, nil, err
        end
        line = ""
    else
        local more
        more, err = self.read_line(1)
        if more then
            return nil, nil, "line too long: " .. line .. more .. "..."
        elseif err then
            return nil, nil, err
        end
    end
    if line == "" then
        self.state = BODY
        return _M.read(self)
    end
    local key, value = match(line, "([^: \t]+)%s*:%s*(.+)")
    if not key then
        return "header", line
    end
    return "header", {key, value, line}
end

local function body(self)
    local data, err = self.part(self.size)
    if data then
        return "body", data
    elseif err then
        return nil, nil, err
    end
    return after_boundary(self)
end

-- "header" with {key, value, line}, "body" with a piece, "part_end", "eof"; or nil, nil and why.
function _M.read(self)
    local state = self.state
    if state == PREAMBLE then
        repeat
            local data, err = self.preamble(self.size)
            if not data and err then
                return nil, nil, err
            end
        until not data
        local ok, _, err = after_boundary(self)
        if not ok then
            return nil, nil, err
        end
        return _M.read(self)
    elseif state == HEADER then
        return header(self)
    elseif state == BODY then
        return body(self)
    end
    return "eof", nil
end

return _M
