// Made from the server's models by `python -m evaluator_app.web.declarations`: change them there.

/** The card that is to be replaced, null where none was dealt. */
export interface AnotherCard {
  device?: string;
  card?: number | null;
}

/** What somebody answered: the field of the question's kind, the others empty. `choices`: keys chosen (single and multiple). `gaps`: gap → key or words. `order`: keys, first to last. `pairs`: left → right. `questions`: question of a text → keys chosen. */
export interface Answer {
  choices?: string[];
  gaps?: Record<string, string>;
  order?: string[];
  pairs?: Record<string, string>;
  questions?: Record<string, string[]>;
}

/** The tab is still there; `lacks`: which of camera and microphone do not work. */
export interface Beat {
  device?: string;
  lacks?: ('audio' | 'video')[] | null;
}

/** What shows the page; `usable`: it can hold a call. */
export interface Browser {
  name?: string;
  version?: string;
  system?: string;
  usable: boolean;
  phone?: boolean;
}

/** The camera chosen, and the size of its picture in pixels. */
export interface Camera {
  found: boolean;
  label?: string;
  width?: number;
  height?: number;
  why?: string;
}

/** The level of the cards. */
export interface CardsLevel {
  device?: string;
  level: Level;
}

/** One operation on a sheet. */
export type Change = LevelChange | NothingChange | NoteChange | RemovalChange;

/** A line in writing; the same `client_id` again adds nothing. */
export interface ChatText {
  device?: string;
  client_id: string;
  text: string;
}

/** The tab wants to be the one in the room; `take_over`: even where another one is. */
export interface Claim {
  device?: string;
  take_over?: boolean;
}

/** The kinds of identity document that are accepted. */
export type DocumentType = 'identity_card' | 'passport' | 'residence_permit' | 'driving_licence';

/** The candidate comes to wait, with the texts that they acknowledge. */
export interface Entry {
  device?: string;
  take_over?: boolean;
  consents?: string[];
}

/** All that one run of the test found. */
export interface EquipmentFacts {
  browser: Browser;
  camera: Camera;
  microphone: Microphone;
  sound: Sound;
  network: Network;
}

/** What a candidate asks from the page of their test. */
export interface HelpWanted {
  words: string;
}

/** What the evaluator saw: the document's kind, its last day in ISO 8601, what agrees. */
export interface IdentityConfirmation {
  device?: string;
  document_type: DocumentType;
  document_expiry: string;
  agrees: string[];
}

/** Why the identity is refused, and what was seen of the document. */
export interface IdentityRefusal {
  device?: string;
  reason: string;
  document_type?: DocumentType | null;
  document_expiry?: string | null;
  agrees?: string[];
}

/** Why an oral was disturbed or ended. */
export type IncidentKind = 'identity_refused' | 'technical' | 'candidate_absent' | 'evaluator_absent' | 'interruption' | 'help_from_others' | 'behaviour' | 'other';

/** What disturbed the oral; `fatal`: it ends with that. */
export interface IncidentReport {
  device?: string;
  kind: IncidentKind;
  note: string;
  fatal?: boolean;
}

/** A published level; compares by rank, so that `Level.B1 < Level.B2` and `max` mean it. `BELOW` is a result one can have, never a target, a card's level or a language's ceiling: whoever offers a choice offers `LEVELS` or `TARGETS`. */
export type Level = 'below_a1' | 'A1' | 'A2' | 'B1' | 'B2' | 'C1' | 'C2';

/** A level of a criterion; `made_at` in milliseconds. */
export interface LevelChange {
  id: string;
  place: string;
  base: number;
  after?: string;
  made_at?: number | null;
  kind: 'level';
  value: LevelValue;
}

/** Thirds of a level, or not assessable, or neither yet. */
export interface LevelValue {
  thirds?: number | null;
  not_assessable?: boolean;
  reason?: string;
}

/** The microphone chosen, and the loudest that it heard, from 0 to 1. */
export interface Microphone {
  found: boolean;
  label?: string;
  level?: number;
  why?: string;
}

/** The way to the media server and back; `loss` is a share from 0 to 1. */
export interface Network {
  connected: boolean;
  rtt_ms?: number | null;
  loss?: number | null;
  kbps?: number | null;
}

/** The part that is to end, so that a second click ends no other. */
export interface NextPart {
  device?: string;
  part?: number | null;
}

/** Nothing: a note is removed. */
export interface NoValue {
}

/** A note, new or written anew; `made_at` in milliseconds. */
export interface NoteChange {
  id: string;
  place: string;
  base: number;
  after?: string;
  made_at?: number | null;
  kind: 'note';
  value: NoteValue;
}

/** A whole note; `second` on the oral's timeline, null when nothing is recorded. */
export interface NoteValue {
  text: string;
  criterion?: string | null;
  part?: number | null;
  second?: number | null;
}

/** Whether there is nothing to add to a criterion; `made_at` in milliseconds. */
export interface NothingChange {
  id: string;
  place: string;
  base: number;
  after?: string;
  made_at?: number | null;
  kind: 'nothing';
  value: NothingValue;
}

/** Whether there is nothing to add to a criterion. */
export interface NothingValue {
  nothing_to_add: boolean;
}

/** A browser's half of a connection, in the words of SDP. */
export interface Offer {
  device?: string;
  sdp: string;
}

/** An act that needs no more words; `device`: the name that the browser tab keeps. */
export interface OralAct {
  device?: string;
}

/** What troubles the candidate, in their words. */
export interface Problem {
  device?: string;
  note: string;
}

/** A note is removed; `made_at` in milliseconds. */
export interface RemovalChange {
  id: string;
  place: string;
  base: number;
  after?: string;
  made_at?: number | null;
  kind: 'removal';
  value: NoValue;
}

/** One thing that a page noticed, so many seconds ago. */
export interface Report {
  key: string;
  kind: SignalKind;
  ago: number;
  lasted?: number | null;
  detail?: Record<string, boolean | number | string>;
}

/** What the server found or a page noticed: a person is to look, it means nothing by itself. */
export type SignalKind = 'other_browser' | 'other_tab' | 'other_address' | 'no_picture' | 'part_missing' | 'watch_silent' | 'page_reloaded' | 'tab_left' | 'full_screen_left' | 'copy' | 'paste' | 'camera_stopped' | 'camera_still' | 'microphone_stopped' | 'second_screen' | 'no_face' | 'several_faces' | 'voice' | 'silence_of_page' | 'upload_failed';

/** What the page noticed, oldest first. */
export interface Signals {
  signals: Report[];
}

/** What stands in the address beside a still: taken `ago` seconds before, and `why`. */
export interface SnapshotAbout {
  key: string;
  why: 'random' | 'start' | SignalKind;
  ago?: number;
}

/** Whether the person says that they heard the tone; None when they did not answer. */
export interface Sound {
  heard?: boolean | null;
}

/** The revision of the sheet that was on the screen; why, where two ratings are settled. */
export interface Submission {
  revision: number;
  comment?: string;
}

/** A word of the test's page, which names itself; `runs`: what runs of its watch. `known`: the ticket of the question that it shows. */
export interface TestAct {
  page: string;
  known?: string;
  runs?: Record<string, unknown> | null;
}

/** The answer to the question of that ticket; `waits`: help is open, show no other one yet. */
export interface TestAnswer {
  page: string;
  known?: string;
  runs?: Record<string, unknown> | null;
  ticket: string;
  answer: Answer;
  waits?: boolean;
}

/** The page lives; `pauses`: help is open over the question. */
export interface TestPulse {
  page: string;
  known?: string;
  runs?: Record<string, unknown> | null;
  pauses?: boolean;
}

/** The page begins the test, or comes back; `take_over`: even where another one is watched. */
export interface TestStart {
  page: string;
  known?: string;
  runs?: Record<string, unknown> | null;
  watch?: Record<string, unknown>;
  room_note?: string;
  take_over?: boolean;
}

/** The question of that ticket is to be another one. */
export interface TestSwap {
  page: string;
  known?: string;
  runs?: Record<string, unknown> | null;
  ticket: string;
}

/** What a browser wants to hear of from now on, or no longer, as `interview:12`. */
export interface Topic {
  topic: string;
}

/** An answer to a question of the demo test. */
export interface Trial {
  answer: Answer;
}

/** What runs of a watch in this browser, and of the rest why not. */
export interface WatchRuns {
  watch: Record<string, unknown>;
}

/** What each act of a page posts, by the end of its address. */
export interface CandidateActs {
  chat: ChatText;
  claim: Claim;
  heartbeat: Beat;
  leave: OralAct;
  offer: Offer;
  problem: Problem;
  wait: Entry;
}

/** What each act of a page posts, by the end of its address. */
export interface EvaluatorActs {
  admit: OralAct;
  chat: ChatText;
  claim: Claim;
  deal: AnotherCard;
  end: OralAct;
  heartbeat: Beat;
  'identity/confirm': IdentityConfirmation;
  'identity/refuse': IdentityRefusal;
  incident: IncidentReport;
  leave: OralAct;
  level: CardsLevel;
  next: NextPart;
  offer: Offer;
  open: OralAct;
  'picture-request': OralAct;
  reveal: OralAct;
  start: OralAct;
}

/** What each act of a page posts, by the end of its address. */
export interface ObserverActs {
  leave: OralAct;
  offer: Offer;
}

/** What each act of a page posts, by the end of its address. */
export interface TestActs {
  answer: TestAnswer;
  begin: TestStart;
  leave: TestAct;
  pulse: TestPulse;
  swap: TestSwap;
}
