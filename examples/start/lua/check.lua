-- Runs before every /api/ file: both arguments must be numbers.
local params = require "params"

local args = ngx.req.get_uri_args()
if not params.is_number(args.a, args.b) then
    ngx.status = ngx.HTTP_BAD_REQUEST
    ngx.say("a and b must be numbers, as in /api/add?a=1&b=2")
    return ngx.exit(ngx.HTTP_BAD_REQUEST)
end
