// Made from the server's models by `python -m evaluator_app.web.declarations`: change them there.

/** What the two people can do; the values are the ends of the addresses. */
export type Act = 'open' | 'wait' | 'admit' | 'picture-request' | 'picture' | 'identity/confirm' | 'identity/refuse' | 'start' | 'next' | 'level' | 'deal' | 'reveal' | 'chat' | 'incident' | 'problem' | 'end' | 'offer';

/** The media server's half of a connection, in the words of SDP. */
export interface Answered {
  sdp: string;
}

/** What goes with each state of an oral, for its evaluator. */
export interface Beside {
  beside?: boolean;
}

/** A code that opens the second screen once: the image of its address. */
export interface BesideLink {
  address: string;
  image: string;
  minutes: number;
}

/** Where the oral stands: what a note made now is bound to. */
export interface BesideMoment {
  state: InterviewState;
  part: number | null;
  second: number | null;
}

/** What the second screen's script needs to begin. */
export interface BesidePage {
  interview: number;
  user: number;
  base: string;
  criteria: CriterionShown[];
  scale: ScaleShown;
  most_changes: number;
  beat_s: number;
  words: Record<string, string>;
}

/** The same words in both languages of the interface. */
export interface Bilingual {
  fr: string;
  en: string;
}

/** The candidate, and what they bring. */
export interface CandidateShown {
  name: string;
  present: boolean;
  media_up: boolean;
  quality: Record<string, number | null>;
  lacks: ('audio' | 'video')[];
  waiting_since: string | null;
  equipment: EquipmentShown | null;
  accommodations: string[];
  time_factor: number;
}

/** The oral as its candidate sees it. */
export interface CandidateState {
  interview: number;
  revision: number;
  now: string;
  state: InterviewState;
  part: number | null;
  parts: OralPart[];
  total_s: number;
  pause: OralPause;
  media_since: string | null;
  recording: OralRecording;
  observed: boolean;
  appointment: OralAppointment;
  ended_by: IncidentKind | null;
  candidate: CandidateShown;
  evaluator: EvaluatorShown;
  chat: ChatLine[];
  device: OralDevice;
  allowed: Act[];
  role: 'candidate';
  identity: IdentityAsked;
  script: null;
  card: CardShown | null;
  incidents: IncidentShown[];
}

/** The half of a card that the candidate may read. */
export interface CardShown {
  id: number;
  part: number;
  title: string;
  situation: string;
  instructions: string[];
  revealed_at: string | null;
}

/** A whole card, for the evaluator. */
export interface CardWhole {
  id: number;
  part: number;
  title: string;
  situation: string;
  instructions: string[];
  revealed_at: string | null;
  level: Level;
  field: string;
  role: string;
  prompts: Prompt[];
  elicit: string[];
}

/** Something under that topic is not what it was. */
export interface Changed {
  topic: string;
}

/** A line in writing; `client_id` is "" for a line of somebody else. */
export interface ChatLine {
  id: number;
  client_id: string;
  mine: boolean;
  author: string;
  text: string;
  at: string;
}

/** What the console's script needs to begin. */
export interface ConsolePage {
  interview: number;
  user: number;
  base: string;
  ice: IceServer[];
  criteria: CriterionShown[];
  scale: ScaleShown;
  most_changes: number;
  state: EvaluatorState;
  next_oral: string;
  beat_s: number;
  words: Record<string, string>;
}

/** A criterion of the grid; `bands`: what a level means, by published level. */
export interface CriterionShown {
  key: string;
  letter: string;
  name: string;
  bands: Record<string, string>;
}

/** What the mini demo test's script needs; `check` ends in a question's number. */
export interface DemoPage {
  check: string;
  language: Language;
  words: Record<string, string>;
}

/** A kind of document, in both languages. */
export interface DocumentKind {
  value: DocumentType;
  name_fr: string;
  name_en: string;
}

/** What the page of the identity document needs; `document` takes the picture. */
export interface DocumentPage {
  document: string;
  most_picture_bytes: number;
  words: Record<string, string>;
}

/** The kinds of identity document that are accepted. */
export type DocumentType = 'identity_card' | 'passport' | 'residence_permit' | 'driving_licence';

/** Who was enrolled; a day in ISO 8601. */
export interface EnrolledIdentity {
  birth_name: string;
  used_name: string;
  first_names: string;
  birth_date: string;
}

/** What the equipment test came to. */
export interface EquipmentAnswer {
  verdict: EquipmentVerdict;
  parts: TileShown[];
}

/** What the equipment test needs to begin; `equipment` takes its facts. */
export interface EquipmentPage {
  equipment: string;
  ice: IceServer[];
  phone: boolean;
  words: Record<string, string>;
}

/** The last equipment test. */
export interface EquipmentShown {
  verdict: EquipmentVerdict;
  facts: Record<string, unknown>;
  at: string;
}

/** What the equipment test came to. */
export type EquipmentVerdict = 'ready' | 'fair' | 'blocked';

/** The evaluator, and where they are. */
export interface EvaluatorShown {
  name: string;
  present: boolean;
  media_up: boolean;
  quality: Record<string, number | null>;
  lacks: ('audio' | 'video')[];
  status: 'here' | 'with_another' | 'late' | 'absent' | 'not_yet';
}

/** The oral as its evaluator sees it. */
export interface EvaluatorState {
  interview: number;
  revision: number;
  now: string;
  state: InterviewState;
  part: number | null;
  parts: OralPart[];
  total_s: number;
  pause: OralPause;
  media_since: string | null;
  recording: OralRecording;
  observed: boolean;
  appointment: OralAppointment;
  ended_by: IncidentKind | null;
  candidate: CandidateShown;
  evaluator: EvaluatorShown;
  chat: ChatLine[];
  device: OralDevice;
  allowed: Act[];
  role: 'evaluator';
  absent_from: string;
  identity: IdentityShown;
  script: PartScript;
  cards_level: Level | null;
  card: CardWhole | null;
  incidents: IncidentShown[];
}

/** Where the face detector is served. */
export interface FaceFiles {
  worker: string;
  weights: string;
  shapes: string;
  plain: string;
  simd: string;
}

/** A span in which nothing of a person came. */
export interface Gap {
  role: string;
  start_s: number;
  end_s: number;
}

/** An `RTCIceServer` of browsers. */
export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

/** What the candidate knows of the identity check. */
export interface IdentityAsked {
  state: IdentityState | 'none';
  requested: boolean;
}

/** The check beside the enrolled identity, for the evaluator. */
export interface IdentityShown {
  state: IdentityState | 'none';
  requested: boolean;
  picture_url: string | null;
  picture_at: string | null;
  enrolled: EnrolledIdentity;
  document_types: DocumentKind[];
  ticks: string[];
  document_type: DocumentType | null;
  document_expiry: string | null;
  agrees: string[];
}

/** What the evaluator decided about the document. */
export type IdentityState = 'pending' | 'confirmed' | 'refused';

/** Why an oral was disturbed or ended. */
export type IncidentKind = 'identity_refused' | 'technical' | 'candidate_absent' | 'evaluator_absent' | 'interruption' | 'help_from_others' | 'behaviour' | 'other';

/** An incident, as the console lists it; `by`: a user's number. */
export interface IncidentShown {
  id: number;
  kind: IncidentKind;
  note: string;
  fatal: boolean;
  by: number | null;
  at: string;
  part: number | null;
  second: number | null;
}

/** Where an interview stands. */
export type InterviewState = 'planned' | 'open' | 'identity' | 'ready' | 'running' | 'ended' | 'aborted';

/** What a criterion lacks before the sheet can be submitted. */
export interface LackShown {
  criterion: string;
  want: string;
}

/** A language that can be certified, by its ISO 639-1 code. */
export type Language = 'en' | 'de' | 'es' | 'fr' | 'it';

/** A published level; compares by rank, so that `Level.B1 < Level.B2` and `max` mean it. `BELOW` is a result one can have, never a target, a card's level or a language's ceiling: whoever offers a choice offers `LEVELS` or `TARGETS`. */
export type Level = 'below_a1' | 'A1' | 'A2' | 'B1' | 'B2' | 'C1' | 'C2';

/** A level that somebody wrote without knowing of another; `id`: of the operation. */
export interface LevelRival {
  id: string;
  thirds: number | null;
  not_assessable: boolean;
  reason: string;
}

/** What a recording is made of, as the player needs it; see `rooms.media.manifest`. */
export interface ManifestShown {
  started_at: string;
  duration_s: number;
  segments: SegmentFile[];
  parts: Part[];
  gaps: Gap[];
  peak_s: number;
  peaks: Record<string, number[]>;
}

/** What stands for a criterion; `thirds` of a level. */
export interface MarkShown {
  thirds: number | null;
  not_assessable: boolean;
  reason: string;
  nothing_to_add: boolean;
}

/** What the evaluator does after this oral, in a sentence of the page's language. */
export interface NextOral {
  words: string;
}

/** A note, bound to a second of the recording or to none. */
export interface NoteShown {
  client_id: string;
  criterion: string | null;
  part: number | null;
  second: number | null;
  text: string;
}

/** The same for « nothing to add ». */
export interface NothingRival {
  id: string;
  nothing_to_add: boolean;
}

/** What the observer's script needs to begin. */
export interface ObservePage {
  base: string;
  state: ObserverState;
  ice: IceServer[];
  beat_s: number;
  words: Record<string, string>;
}

/** The course of an oral as a silent observer sees it, and nothing more. */
export interface ObserverState {
  interview: number;
  revision: number;
  now: string;
  state: InterviewState;
  part: number | null;
  parts: OralPart[];
  total_s: number;
  pause: OralPause;
  media_since: string | null;
  recording: OralRecording;
  observed: boolean;
  appointment: OralAppointment;
  ended_by: IncidentKind | null;
  role: 'observer';
  candidate: Participant;
  evaluator: Participant;
}

/** The hour that was agreed. */
export interface OralAppointment {
  starts_at: string;
  ends_at: string;
}

/** Which browser of this person is in the room. */
export interface OralDevice {
  mine: boolean;
  other: boolean;
}

/** What the scripts of the oral's page need to begin. */
export interface OralPage {
  equipment: string;
  ice: IceServer[];
  phone: boolean;
  words: Record<string, string>;
  base: string;
  state: CandidateState;
  tested: boolean;
  acknowledged: boolean;
  beat_s: number;
  most_picture_bytes: number;
}

/** One of the three parts by the server's clock, durations in seconds. */
export interface OralPart {
  part: number;
  name_fr: string;
  name_en: string;
  soft_s: number;
  hard_s: number;
  elapsed_s: number;
  running: boolean;
  paused: boolean;
  started_at: string | null;
  ended_at: string | null;
  soft_reached: boolean;
  hard_reached: boolean;
}

/** How time stands still. */
export interface OralPause {
  since: string | null;
  ends_at: string | null;
  taken_s: number;
  left_s: number;
  over: boolean;
}

/** What becomes of the recording; `second`: the moment on its timeline. */
export interface OralRecording {
  state: RecordingState | 'off';
  second: number | null;
}

/** A part of the oral, from its beginning to the next one's. */
export interface Part {
  number: number;
  start_s: number;
  end_s: number;
}

/** What the evaluator does and says in a part. */
export interface PartScript {
  instructions: Bilingual[];
  opening: string[];
  closing: string;
  groups: PromptGroup[];
  prompts: Prompt[];
}

/** Whether somebody is there, and by what connection. */
export interface Participant {
  name: string;
  present: boolean;
  media_up: boolean;
  quality: Record<string, number | null>;
  lacks: ('audio' | 'video')[];
}

/** Something to ask; `simpler`: the same in easier words; `level`: of what it asks for. */
export interface Prompt {
  id: string;
  text: string;
  simpler?: string;
  level?: Level;
}

/** Prompts on one subject. */
export interface PromptGroup {
  key: string;
  name_fr: string;
  name_en: string;
  prompts: Prompt[];
}

/** What the page's script needs to begin; `interview` names what its drafts belong to. */
export interface RatingPage {
  interview: string;
  user: number;
  base: string;
  criteria: CriterionShown[];
  scale: ScaleShown;
  most_changes: number;
  next_oral: string;
  beat_s: number;
  words: Record<string, string>;
}

/** A recording: what it is made of, and the address of each of its segments. */
export interface RecordingShown {
  id: number;
  state: RecordingState;
  started_at: string;
  manifest: ManifestShown | null;
  files: string[];
}

/** What became of a recording. */
export type RecordingState = 'running' | 'muxing' | 'ready' | 'failed' | 'purged';

/** All that was recorded of an oral, in order; `state`: of the newest, "off" without any. */
export interface RecordingsShown {
  state: string;
  recordings: RecordingShown[];
  talk: TalkShown[];
}

/** What goes with each state of an oral where there is a relay. */
export interface Relay {
  ice?: IceServer[];
}

/** Values of a criterion between which somebody must choose, the one that counts first. */
export interface RivalsShown {
  level?: LevelRival[];
  nothing?: NothingRival[];
}

/** The scale of marks, by thirds of a level: what each is called, and its published level. */
export interface ScaleShown {
  labels: Record<string, string>;
  levels: Record<string, string>;
  lowest: number;
  highest: number;
}

/** One WebM file: sound and picture of one person without a break. */
export interface SegmentFile {
  role: string;
  key: string;
  offset_s: number;
  duration_s: number;
  width: number;
  height: number;
  sound: boolean;
  size: number;
  sha256: string;
}

/** A scoresheet after changes; `refused`: why each will never be taken, by its id. */
export interface SheetAnswer {
  id: number;
  state: SheetState;
  version: number;
  revision: number;
  reason: string;
  submitted_at: string | null;
  marks: Record<string, MarkShown>;
  notes: NoteShown[];
  rivals: Record<string, RivalsShown>;
  lacks: LackShown[];
  refused: Record<string, string>;
}

/** A scoresheet, marks and rivals by criterion. */
export interface SheetShown {
  id: number;
  state: SheetState;
  version: number;
  revision: number;
  reason: string;
  submitted_at: string | null;
  marks: Record<string, MarkShown>;
  notes: NoteShown[];
  rivals: Record<string, RivalsShown>;
  lacks: LackShown[];
}

/** Whether a scoresheet may still be written. */
export type SheetState = 'draft' | 'submitted' | 'superseded';

/** How long one side spoke in a part. */
export interface TalkShown {
  part: number;
  role: string;
  seconds: number;
}

/** What the written test's script needs to begin; `key` is the test's own in this browser. */
export interface TestPage {
  base: string;
  home: string;
  end: string;
  help: string;
  key: string;
  running: boolean;
  pulse_s: number;
  quiet_s: number;
  words: Record<string, string>;
}

/** The open question and its time, or neither where none is open. */
export interface TestScene {
  state: WrittenTestState;
  ticket: string;
  swaps_left: number;
  lost_left: number;
  number?: number;
  left?: number;
  seconds?: number;
  least_left?: number;
  most_left?: number;
  minutes_left?: number;
  html?: string;
  watch?: WatchShown;
}

/** What one tile of the equipment test says. */
export interface TileShown {
  part: string;
  state: EquipmentVerdict;
  words: string;
}

/** Whether an answer of the demo test is right, and what is. */
export interface TriedAnswer {
  right: boolean;
  answer: string[];
}

/** What the page is told: thresholds and times, in seconds. */
export interface Watch {
  faces: boolean;
  face_interval_s: number;
  face_threshold: number;
  face_grace_s: number;
  faces_grace_s: number;
  camera_still_s: number;
  voice_grace_s: number;
  snapshot_least_s: number;
  snapshot_most_s: number;
  snapshots_most: number;
  signal_snapshot_s: number;
}

/** What a page hands to `startWatch` beside the stream and its own functions. */
export interface WatchShown {
  session: number;
  token: string;
  settings: Watch;
  most_signals: number;
  words: Record<string, string>;
  owes: boolean;
  urls: WatchUrls;
}

/** Where a watch tells what it noticed; `faces` only where faces are looked for. */
export interface WatchUrls {
  signals: string;
  snapshot: string;
  watch: string;
  faces?: FaceFiles;
}

/** Where a test stands. */
export type WrittenTestState = 'running' | 'left' | 'ended' | 'void';
