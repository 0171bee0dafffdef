/**
 * The talk with the server about an oral, as the candidate's scripts see it.
 *
 * @typedef {import('../types/shown').CandidateState & import('../types/shown').Relay} CandidateState
 * @typedef {import('../live/state.js').OralClient<CandidateState, import('../types/posted').CandidateActs>} CandidateClient
 */
export {};
