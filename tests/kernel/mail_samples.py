"""A full context for every mail, as the verbs put it into the outbox (JSON types alone)."""

START = "2026-12-03T13:30:00+00:00"
LINK = "https://viva.example/p/eyJhcHBvaW50bWVudCI6N30.aBcD-efgh"
APPOINTMENT = {
    "person": "Camille Lefèvre",
    "certification": "Anglais professionnel",
    "starts_at": START,
    "zone": "Europe/Paris",
    "minutes": 20,
    "link": LINK,
    "move_until": "2026-12-02T13:30:00+00:00",
    "accommodations": ["extra_time", "écran incliné"],
}
RESULTS = {
    "person": "Camille Lefèvre",
    "certification": "Anglais professionnel",
    "overall": "B2",
    "written": "B2",
    "oral": "C1",
    "target": "B2",
    "certified": True,
    "link": "https://viva.example/candidate/",
    "verify_link": "https://viva.example/verify/K7QX-93TM",
}
SAMPLES = {
    "staff_invitation": {
        "person": "Noëlle Œuvrard",
        "role": "evaluator",
        "organisation": "",
        "inviter": "Maëlys Ó Briain",
        "link": LINK,
        "valid_until": START,
        "zone": "Europe/Paris",
    },
    "account_recovery": {
        "person": "Noëlle Œuvrard",
        "link": LINK,
        "valid_until": START,
        "zone": "Europe/Paris",
    },
    "candidate_enrolled": {
        "person": "Camille Lefèvre",
        "organisation": "Atelier des langues",
        "certification": "Anglais professionnel",
        "window_start": "2026-11-23",
        "window_end": "2026-12-23",
        "login": "VV-7KQ2-93",
        "code": "mirabelle-42-chaloupe",
        "link": LINK,
    },
    "appointment_confirmed": APPOINTMENT,
    "appointment_moved": {**APPOINTMENT, "was_at": "2026-12-01T08:00:00+00:00"},
    "appointment_cancelled": {
        "person": "Camille Lefèvre",
        "certification": "Anglais professionnel",
        "starts_at": START,
        "zone": "Europe/Paris",
        "reason": "évaluateur souffrant",
        "link": LINK,
    },
    "candidate_send_link": {"person": "Camille Lefèvre", "link": LINK},
    "results_ready": RESULTS,
    "oral_incident": {
        "person": "Camille Lefèvre",
        "certification": "Anglais professionnel",
        "kind": "identity_refused",
        "explanation": "document périmé",
        "link": LINK,
    },
    "organisation_results": {
        "person": "Rémi Aubert",
        "organisation": "Atelier des langues",
        "candidate": "Camille Lefèvre",
        "certification": "Anglais professionnel",
        "overall": "B2",
        "target": "B2",
        "certified": True,
        "link": LINK,
    },
    "account_locked": {
        "person": "Noëlle Œuvrard",
        "at": START,
        "zone": "Europe/Paris",
        "minutes": 15,
        "link": LINK,
    },
    "disk_low": {"person": "Hélène Vasseur", "free": 3, "least": "5", "link": LINK},
    "new_sign_in": {
        "person": "Noëlle Œuvrard",
        "at": START,
        "zone": "Europe/Paris",
        "device": "Firefox sous Linux",
        "link": LINK,
    },
}
SURROUNDINGS = {
    "certifier": "Chambre Horizon",
    "support": "aide@viva-voce.example",
    "base_url": "https://viva.example",
}
