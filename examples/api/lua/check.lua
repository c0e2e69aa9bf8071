local params = require "params"
local args = ngx.req.get_uri_args()
if not args.a or not args.b or not params.is_number(args.a, args.b) then
    return ngx.exit(ngx.HTTP_BAD_REQUEST)
end
