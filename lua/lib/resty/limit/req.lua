-- resty.limit.req: a leaky bucket for each key, in a shared dict.

local ngx_now = ngx.now
local shared = ngx.shared
local setmetatable, assert, tonumber, max = setmetatable, assert, tonumber, math.max
local format, match = string.format, string.match

local _M = {_VERSION = "0.09"}
local mt = {__index = _M}

-- Rates are counted in thousandths of a request.
function _M.new(dict_name, rate, burst)
    local dict = shared[dict_name]
    if not dict then
        return nil, "shared dict not found"
    end
    assert(rate > 0 and burst >= 0)
    return setmetatable({dict = dict, rate = rate * 1000, burst = burst * 1000}, mt)
end

-- The bucket of a key now: what it holds over the rate, and when that was.
local function level(self, key, step)
    local now = ngx_now() * 1000
    local value = self.dict:get(key)
    if not value then
        return 0, now
    end
    local excess, last = match(value, "^(%S+) (%S+)$")
    excess = max(tonumber(excess) - self.rate * max(now - tonumber(last), 0) / 1000 + step, 0)
    return excess, now
end

function _M.incoming(self, key, commit)
    local excess, now = level(self, key, 1000)
    if excess > self.burst then
        return nil, "rejected"
    end
    if commit then
        local ok, err = self.dict:set(key, format("%.3f %.0f", excess, now))
        if not ok then
            return nil, err
        end
    end
    return excess / self.rate, excess / 1000
end

-- Takes back what incoming has committed.
function _M.uncommit(self, key)
    local value = self.dict:get(key)
    if not value then
        return nil, "not found"
    end
    local excess, last = match(value, "^(%S+) (%S+)$")
    return self.dict:set(key, format("%.3f %s", max(tonumber(excess) - 1000, 0), last))
end

function _M.set_rate(self, rate)
    self.rate = rate * 1000
end

function _M.set_burst(self, burst)
    self.burst = burst * 1000
end

return _M
