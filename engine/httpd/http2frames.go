package httpd

import "moongate/edge/sys/event"

// The frames that concern the connection and its windows.

// beginFixed checks the lengths of frames that have one.
func (h *http2conn) beginFixed() (http2Error, bool) {
	in := &h.in
	name, fits := "", in.length == fixedSize[in.kind]
	switch in.kind {
	case framePriority:
		name = "PRIORITY"
	case frameReset:
		name = "RST_STREAM"
	case framePing:
		name = "PING"
	case frameWindowUpdate:
		name = "WINDOW_UPDATE"
	case frameGoaway:
		name, fits = "GOAWAY", in.length >= 8
	}
	if !fits {
		h.info("client sent %s frame with incorrect length %d", name, in.length)
		return http2FrameSizeError, false
	}
	if in.kind == framePriority {
		if in.priorities--; in.priorities == 0 {
			h.info("client sent too many PRIORITY frames")
			return http2EnhanceYourCalm, false
		}
	}
	in.state = inFixed
	return 0, true
}

// takeFixed carries out a frame of fixed length.
func (h *http2conn) takeFixed(p []byte) (http2Error, bool) {
	in := &h.in
	switch in.kind {
	case framePriority:
		switch {
		case in.id == 0:
			h.info("client sent PRIORITY frame with incorrect identifier")
			return http2ProtocolError, false
		case uint32At(p)&0x7fffffff == in.id:
			h.info("client sent PRIORITY frame for stream %d with incorrect dependency", in.id)
			return http2ProtocolError, false
		}
	case frameReset:
		if in.id == 0 {
			h.info("client sent RST_STREAM frame with incorrect identifier")
			return http2ProtocolError, false
		}
		h.takeReset(http2Error(uint32At(p)))
	case framePing:
		if in.id != 0 {
			h.info("client sent PING frame with incorrect identifier")
			return http2ProtocolError, false
		}
		if in.flags&flagAck == 0 {
			h.mu.Lock()
			h.reply(framePing, flagAck, 0, p)
			h.mu.Unlock()
		}
	case frameGoaway:
		if in.id != 0 {
			h.info("client sent GOAWAY frame with incorrect identifier")
			return http2ProtocolError, false
		}
	case frameWindowUpdate:
		return h.takeWindow(int64(uint32At(p) & 0x7fffffff))
	}
	return 0, true
}

// beginSettings is ngx_http_v2_state_settings.
func (h *http2conn) beginSettings() (http2Error, bool) {
	in := &h.in
	switch {
	case in.id != 0:
		h.info("client sent SETTINGS frame with incorrect identifier")
		return http2ProtocolError, false
	case in.flags == flagAck && in.length != 0:
		h.info("client sent SETTINGS frame with the ACK flag and nonzero length")
		return http2FrameSizeError, false
	case in.flags == flagAck:
		h.acked = true
		in.state = inHead
		return 0, true
	case in.length%6 != 0:
		h.info("client sent SETTINGS frame with incorrect length %d", in.length)
		return http2FrameSizeError, false
	}
	in.delta = 0
	in.state = inSettings
	return 0, true
}

// takeSetting takes one parameter; at the end of the frame they are
// acknowledged and the streams' windows adjusted (RFC 9113 section 6.9.2).
func (h *http2conn) takeSetting(p []byte) (n int, code http2Error, ok bool) {
	in := &h.in
	if in.length == 0 {
		in.state = inHead
		h.mu.Lock()
		h.reply(frameSettings, flagAck, 0, nil)
		hooks := h.moveWindows(in.delta)
		h.mu.Unlock()
		callHooks(hooks)
		return 0, 0, true
	}
	in.length -= 6
	value := uint32At(p[2:])
	switch int(p[0])<<8 | int(p[1]) {
	case settingInitialWindow:
		if value > http2MaxWindow {
			h.info("client sent SETTINGS frame with incorrect INITIAL_WINDOW_SIZE value %d", value)
			return 0, http2FlowControlError, false
		}
		in.delta = int64(value) - h.newWindow
	case settingMaxFrameSize:
		if value < http2DefaultFrameSize || value > http2MaxFrameSize {
			h.info("client sent SETTINGS frame with incorrect MAX_FRAME_SIZE value %d", value)
			return 0, http2ProtocolError, false
		}
		h.mu.Lock()
		h.frameSize = int(value)
		h.mu.Unlock()
	case settingEnablePush:
		if value > 1 {
			h.info("client sent SETTINGS frame with incorrect ENABLE_PUSH value %d", value)
			return 0, http2ProtocolError, false
		}
	case settingHeaderTableSize:
		h.mu.Lock()
		h.resized = true
		h.mu.Unlock()
	}
	return 6, 0, true
}

// moveWindows is ngx_http_v2_adjust_windows. h.mu is held.
func (h *http2conn) moveWindows(delta int64) (hooks []*event.CloseHook) {
	if delta == 0 {
		return nil
	}
	h.newWindow += delta
	for _, s := range h.streams {
		if delta > 0 && s.sendWindow > http2MaxWindow-delta {
			if k := s.terminate(http2FlowControlError); k != nil {
				hooks = append(hooks, k)
			}
			continue
		}
		if s.sendWindow += delta; s.sendWindow > 0 {
			s.wakeWriter()
		}
	}
	return hooks
}

// takeWindow is ngx_http_v2_state_window_update.
func (h *http2conn) takeWindow(by int64) (http2Error, bool) {
	if by == 0 {
		h.info("client sent WINDOW_UPDATE frame with incorrect window increment 0")
		return http2ProtocolError, false
	}
	id := h.in.id
	h.mu.Lock()
	if id == 0 {
		if by > http2MaxWindow-h.sendWindow {
			window := h.sendWindow
			h.mu.Unlock()
			h.info("client violated connection flow control: received WINDOW_UPDATE frame with window increment %d not allowed for window %d", by, window)
			return http2FlowControlError, false
		}
		h.sendWindow += by
		h.grant()
		h.mu.Unlock()
		return 0, true
	}
	s := h.find(id)
	if s == nil {
		h.mu.Unlock()
		return 0, true
	}
	if by > http2MaxWindow-s.sendWindow {
		window := s.sendWindow
		k := s.terminate(http2FlowControlError)
		h.mu.Unlock()
		h.info("client violated flow control for stream %d: received WINDOW_UPDATE frame with window increment %d not allowed for window %d", id, by, window)
		if k != nil {
			k.Func()
		}
		return 0, true
	}
	if s.sendWindow += by; s.sendWindow > 0 {
		s.wakeWriter()
	}
	h.mu.Unlock()
	return 0, true
}

// takeReset is ngx_http_v2_state_rst_stream.
func (h *http2conn) takeReset(code http2Error) {
	id := h.in.id
	h.mu.Lock()
	s := h.find(id)
	if s == nil {
		h.mu.Unlock()
		return
	}
	k := s.leave()
	h.mu.Unlock()
	switch code {
	case http2Cancel:
		h.info("client canceled stream %d", id)
	case http2InternalError:
		h.info("client terminated stream %d due to internal error", id)
	default:
		h.info("client terminated stream %d with status %d", id, code)
	}
	if k != nil {
		k.Func()
	}
}
