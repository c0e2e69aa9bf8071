local digest = require "moongate.digest"

return digest.module(digest.MD5)
