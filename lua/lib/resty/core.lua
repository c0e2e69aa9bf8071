-- What lua-resty-core installs is there from the start; this is for those who require it.

require "resty.core.regex"

return {version = require("resty.core.base").version}
