"""What moves by itself: browsers watch a topic, and hear when something under it changed.

The protocol is small on purpose. A browser emits `watch` with a topic (`interview:12`), gets
`{"ok": true}` or `{"error": …}`, and from then on receives the names of the events published
under it (`kernel.live.publish`), mostly `changed`; it then asks for the new state over HTTP,
where rights are checked again. A browser that reconnects watches again and asks again, so that
nothing is missed.
"""
