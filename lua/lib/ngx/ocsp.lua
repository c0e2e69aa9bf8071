-- ngx.ocsp: there is no OCSP client yet; whoever calls is told so. Debian's file
-- would look for C symbols of nginx.

local _M = {version = require("resty.core.base").version}

local function refuse()
    return nil, "ngx.ocsp is not supported by this version"
end

_M.get_ocsp_responder_from_der_chain = refuse
_M.create_ocsp_request = refuse
_M.validate_ocsp_response = refuse
_M.set_ocsp_status_resp = refuse

return _M
