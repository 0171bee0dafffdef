"""The media server: encoded audio and video pass through it, and are recorded on the way.

Its own process (``viva media``, or ``python -m rooms.media``); the only place that imports
aiortc, aioice, pylibsrtp and av. It knows rooms, peers and tracks, never candidates. Whoever
holds the control secret speaks to it over loopback HTTP (``control``), through
``rooms.engines.native``; nobody else may import it.

Where to look: ``sdp`` (offers and answers) · ``hooks`` (every private name of aiortc that we
lean on) · ``rtp``, ``rtcp`` (bytes) · ``inbound`` and ``outbound`` (one stream each way) ·
``peer``, ``room`` (who sees whom) · ``facts`` (what is told to the web side) · ``server``.
"""
