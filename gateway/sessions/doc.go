// Package sessions remembers clients from one request to the next, for plugins. What is
// remembered is sealed with a secret that the client doesn't have (AES-256-GCM), and lies
// in a cookie of the client, or in a Redis by a number that the cookie names.
//
// A cookie that is too long for browsers is parted: NAME, NAME2, NAME3 and so on, as Kong's
// are. Secrets that were in use before still open what they have sealed.
//
// A session ends when nobody has used it for a while (idling), when it has not been renewed
// in time (rolling), or when it has lasted too long (absolute). A session in Redis is known
// to be used whenever it is read; of one in a cookie that is noted from time to time only,
// so that not each answer has to set it.
package sessions
