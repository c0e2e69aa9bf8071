package admin

// Who may use the API: the part of the table, and what the OpenAPI document says of it.

func accessEndpoints() []endpoint {
	return []endpoint{
		{"/session", methods{"GET": (*call).showSession, "POST": (*call).logIn, "DELETE": (*call).logOut}, map[string]Role{"POST": None, "DELETE": Viewer}},
	}
}

func accessUsages() map[string]usage {
	return map[string]usage{
		"POST /session": {doc: "Logs in: by a token, or by a name and its password. The session is a cookie, which no script sees; what changes something shows csrf besides, as X-CSRF-Token.",
			body: typeOf[credentials](true), bodies: []string{"application/json"}, gives: gives(200, refTo("session"))},
		"GET /session":    {doc: "Whose session it is, or token, and until when.", gives: gives(200, refTo("session"))},
		"DELETE /session": {doc: "Logs out: the session's id is of no use any more.", gives: map[int]result{204: {doc: "It has ended."}}},
	}
}

func accessShapes() js {
	return js{
		"session": doc("What a page has to know of its session. expires_at: when it ends if it is not used before; null: never. first_start: there are no users yet.", typeOf[Session](false)),
	}
}
