local digest = require "moongate.digest"

return digest.module(digest.SHA1)
