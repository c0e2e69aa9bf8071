package ratelimiting

import (
	"fmt"
	"strconv"

	"moongate/gateway/redis"
)

// shared counts in Redis, for several nodes.
type shared struct{ client *redis.Client }

func (c *shared) close() { c.client.Close() }

// script is limits.take. The clock of sliding and gcra is the server's, so that nodes
// need not agree; the windows of fixed begin by the calendar, which the node knows.
var script = redis.NewScript(`
local how, now, ttl, n = ARGV[1], tonumber(ARGV[2]), ARGV[3], (#ARGV - 3) / 4
if how ~= '0' then
	local t = redis.call('TIME')
	now = t[1] * 1000000 + t[2]
end
local was = redis.call('LRANGE', KEYS[1], 0, -1)
local windows, allowed = {}, 1
for i = 1, n do
	local limit, burst, length, start =
		tonumber(ARGV[i * 4]), tonumber(ARGV[i * 4 + 1]), tonumber(ARGV[i * 4 + 2]), tonumber(ARGV[i * 4 + 3])
	local a, b, c = tonumber(was[i * 3 - 2] or 0), tonumber(was[i * 3 - 1] or 0), tonumber(was[i * 3] or 0)
	local room
	if how == '2' then
		if now > a then
			b = math.max(0, b - (now - a) * limit)
			a = now
		end
		room = burst - b / length
	else
		if how == '1' then
			start = now - now % length
		end
		if a ~= start then
			c = a == start - length and b or 0
			a, b = start, 0
		end
		room = limit - b
		if how == '1' then
			room = room - c * (1 - (now - start) / length)
		end
	end
	room = math.max(0, math.floor(room + 1e-9))
	if room < 1 then
		allowed = 0
	end
	windows[i] = {a, b, c, limit, burst, length, room}
end
local function ceil(micro)
	return math.max(1, math.ceil(micro / 1000000 - 1e-9))
end
local out, keep = {allowed}, {}
for i = 1, n do
	local a, b, c, limit, burst, length, room = unpack(windows[i])
	if allowed == 1 then
		room = room - 1
		b = b + (how == '2' and length or 1)
	end
	local reset, after
	local at = now - a
	if how == '2' then
		reset, after = ceil(b / limit), ceil((b - (burst - 1) * length) / limit)
	elseif how == '1' then
		reset = ceil(length - at)
		if b + 1 <= limit then
			after = c == 0 and 1 or ceil(length * (1 - (limit - b - 1) / c) - at)
		else
			after = ceil(length - at + length * math.max(0, 1 - (limit - 1) / math.max(b, 1)))
		end
	else
		reset = math.max(1, length / 1000000 - math.floor(at / 1000000))
		after = reset
	end
	out[i * 3 - 1], out[i * 3], out[i * 3 + 1] = room, reset, after
	for _, v in ipairs({a, b, c}) do
		keep[#keep + 1] = string.format('%.17g', v)
	end
end
redis.call('DEL', KEYS[1])
redis.call('RPUSH', KEYS[1], unpack(keep))
redis.call('PEXPIRE', KEYS[1], ttl)
return out
`)

func (c *shared) count(a *ask) error {
	l := a.limits
	args := make([]string, 0, 3+4*len(l.windows))
	args = append(args, strconv.Itoa(int(l.how)), strconv.FormatInt(a.now, 10), strconv.FormatInt(l.ttl, 10))
	for i := range l.windows {
		w := &l.windows[i]
		args = append(args, decimal(w.limit), decimal(w.burst), decimal(w.length), strconv.FormatInt(w.unit.begin(a.now), 10))
	}
	r, err := script.Run(c.client, []string{string(a.key)}, args)
	if err != nil {
		return err
	}
	var room [1 + 3*units]int64
	n, err := r.Ints(room[:0])
	if err != nil {
		return err
	}
	if len(n) != 1+3*len(l.windows) {
		return fmt.Errorf("redis has answered with %d numbers", len(n))
	}
	a.allowed = n[0] == 1
	for i := range l.windows {
		a.remaining[i], a.reset[i], a.after[i] = n[1+3*i], n[2+3*i], n[3+3*i]
	}
	return nil
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
