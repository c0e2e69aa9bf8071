-- resty.limit.traffic: several limits as one. A request that one refuses is taken back from the others.

local max = math.max

local _M = {_VERSION = "0.09"}

function _M.combine(limiters, keys, states)
    local n = #limiters
    local delay = 0
    for i = 1, n do
        local d, state = limiters[i]:incoming(keys[i], i == n)
        if not d then
            return nil, state
        end
        if states then
            states[i] = state
        end
        delay = max(delay, d)
    end
    for i = 1, n - 1 do
        local d, err = limiters[i]:incoming(keys[i], true)
        if not d then
            for j = 1, i - 1 do
                limiters[j]:uncommit(keys[j])
            end
            limiters[n]:uncommit(keys[n])
            return nil, err
        end
        delay = max(delay, d)
    end
    return delay
end

return _M
