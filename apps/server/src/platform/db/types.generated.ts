// Written by scripts/generate-db-types.ts from the migrated database. Do not edit.
import type { Generated, Selectable } from 'kysely';
import type { Bigint, GeneratedId, GeneratedJson, Id, Json, NullableJson, Numeric } from './column-types.ts';

export type ActivityEventType = 'TASK_STARTED' | 'TOOL_USE' | 'AGENT_MESSAGE' | 'TASK_COMPLETED';
export type ActivityToolCategory = 'READING' | 'EDITING' | 'EXECUTING' | 'DELEGATING' | 'BROWSING' | 'OTHER';
export type AppMetricKind = 'PREVIEW' | 'PUBLISHED';
export type AuthRateLimitAttemptKind = 'LOGIN' | 'PASSWORD_RESET' | 'SIGN_UP';
export type BudgetAlertKind = 'CREDIT' | 'MONTH';
export type BuildStatus = 'PENDING' | 'RUNNING' | 'SUCCESS' | 'FAILED';
export type CheckpointStatus = 'KEPT' | 'COLLECTED' | 'TOO_LARGE' | 'FAILED';
export type ConversationStatus = 'ACTIVE' | 'CLOSED';
export type CreditEntryKind = 'STARTING' | 'TOP_UP' | 'REFUND' | 'REFUND_FAILED' | 'DISPUTE' | 'DISPUTE_WON' | 'WAIVER' | 'ADJUSTMENT';
export type CreditTopupStatus = 'PENDING' | 'SUCCEEDED' | 'FAILED';
export type CustomDomainStatus = 'PENDING' | 'VERIFIED' | 'ACTIVE' | 'FAILED';
export type CustomDomainReason = 'PROOF_MISSING' | 'PROOF_WRONG' | 'TAKEN' | 'DNS_FAILED' | 'ADDRESS_MISSING' | 'ADDRESS_ELSEWHERE' | 'CERTIFICATE_REFUSED' | 'CERTIFICATE_UNAVAILABLE';
export type DataChangeKind = 'PREVIEW' | 'PUBLISHED';
export type EgressHourKind = 'PREVIEW' | 'PUBLISHED' | 'PACKAGES';
export type EnvironmentKind = 'DEFAULT' | 'USER_CREATED';
export type EnvironmentResourceMode = 'SHARED' | 'DEDICATED';
export type EnvironmentStatus = 'ACTIVE' | 'SUSPENDED' | 'DEPROVISIONING';
export type EnvironmentCutoverLogStatus = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'ROLLED_BACK';
export type GdprExportRequestStatus = 'PENDING' | 'PROCESSING' | 'READY' | 'EXPIRED';
export type HostingBillingAccountStatus = 'ACTIVE' | 'CAP_REACHED' | 'PAST_DUE' | 'SUSPENDED';
export type HostingCostEventResourceKind = 'CPU' | 'MEMORY' | 'STORAGE' | 'EGRESS' | 'OTHER';
export type HostingCreditLedgerType = 'CREDIT' | 'DEBIT';
export type HostingCreditLedgerSource = 'HOSTING_USAGE' | 'INVOICE_SETTLEMENT' | 'ADJUSTMENT';
export type HostingEnforcementLogAction = 'SCALE_TO_ZERO' | 'RESUME' | 'SUSPEND_TENANT' | 'WARN';
export type HostingInvoiceStatus = 'DRAFT' | 'OPEN' | 'PAID' | 'FAILED' | 'VOID';
export type InviteStatus = 'PENDING' | 'CLAIMED' | 'EXPIRED' | 'REVOKED';
export type InviteRedemptionAttemptResult = 'OK' | 'INVALID_TOKEN' | 'EXPIRED' | 'RATE_LIMITED';
export type IssueTarget = 'PLATFORM' | 'PROJECT';
export type IssueReporterAgent = 'MARA' | 'USER';
export type IssueKind = 'BUG' | 'FEATURE' | 'QUESTION' | 'OTHER';
export type IssueSeverity = 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
export type IssueStatus = 'OPEN' | 'TRIAGED' | 'RESOLVED' | 'DUPLICATE';
export type IssueCommentAuthorAgent = 'MARA' | 'USER';
export type MailStatus = 'PENDING' | 'SENT' | 'FAILED';
export type MessageRole = 'USER' | 'PM' | 'SYSTEM';
export type MessageKind = 'TEXT' | 'QUESTION' | 'NOTICE';
export type ModelPriceSpeed = 'standard' | 'fast';
export type PricingMarkupConfigResourceKind = 'CPU' | 'MEMORY' | 'STORAGE' | 'EGRESS' | 'OTHER' | 'AI';
export type ProjectStatus = 'DRAFT' | 'BUILDING' | 'LIVE' | 'UPDATED' | 'PAUSED' | 'ARCHIVED';
export type ProjectPreviousStatus = 'DRAFT' | 'BUILDING' | 'LIVE' | 'UPDATED' | 'PAUSED' | 'ARCHIVED';
export type ProjectAccent = 'oklch(0.78 0.15 25)' | 'oklch(0.78 0.15 70)' | 'oklch(0.78 0.15 145)' | 'oklch(0.78 0.15 200)' | 'oklch(0.78 0.15 255)' | 'oklch(0.78 0.15 310)';
export type ProjectVariableKind = 'PREVIEW' | 'PUBLISHED';
export type ProjectVersionStatus = 'DRAFT' | 'APPLYING' | 'APPLIED' | 'ROLLED_BACK' | 'FAILED';
export type ProjectVersionSource = 'TEMPLATE' | 'TURN' | 'EDIT' | 'RESTORE' | 'PUSH';
export type ProjectVersionDataStatus = 'PENDING' | 'DONE' | 'FAILED';
export type ReleaseKind = 'PREVIEW' | 'PUBLISHED';
export type ReleaseStatus = 'STARTING' | 'ACTIVE' | 'DRAINING' | 'RETIRED' | 'FAILED';
export type ReleaseCause = 'DEPLOY' | 'ROLLBACK' | 'RESTART';
export type TurnKind = 'USER' | 'REPAIR';
export type TurnStatus = 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
export type TurnRefusedBy = 'NO_CREDIT' | 'MONTHLY_LIMIT' | 'PROJECT_CAP' | 'TURN_CAP' | 'FAIR_USE' | 'TURNS_OFF';
export type UploadKind = 'PREVIEW' | 'PUBLISHED' | 'LOOK';
export type UsageEventExecutorType = 'CLI' | 'SIDECAR' | 'NETWORK_WORKER';
export type UsersRole = 'USER' | 'ADMIN';
export type UsersLocale = 'en' | 'cs';

export interface AcmeAccountTable {
  directory: string;
  sealed: string;
  created_at: Generated<Date>;
}

export interface ActivityTable {
  id: GeneratedId;
  tenant_id: Id;
  project_id: Id;
  conversation_id: Id;
  turn_id: Id;
  seq: Bigint;
  agent_role: string;
  event_type: ActivityEventType;
  parent_activity_id: Id | null;
  description: Generated<string>;
  tool_name: string | null;
  tool_category: ActivityToolCategory | null;
  tool_summary: string | null;
  payload_json: NullableJson;
  created_at: Generated<Date>;
}

export interface ApiUsageLedgerTable {
  id: GeneratedId;
  tenant_id: Id;
  user_id: Id;
  conversation_id: Id | null;
  raw_cost_usd: Numeric;
  charged_cost_usd: Numeric;
  window_start: Date;
  window_end: Date;
  created_at: Generated<Date>;
}

export interface AppMetricTable {
  tenant_id: Id;
  project_id: Id;
  kind: AppMetricKind;
  at: Date;
  requests: Generated<Bigint>;
  errors: Generated<Bigint>;
  bytes_out: Generated<Bigint>;
  latency: number[];
  cpu_ms: Generated<Bigint>;
  memory_bytes: Generated<Bigint>;
  cold_wakes: Generated<number>;
  thaws: Generated<number>;
}

export interface AuthRateLimitAttemptTable {
  id: GeneratedId;
  key: string;
  kind: AuthRateLimitAttemptKind;
  created_at: Generated<Date>;
}

export interface BudgetAlertTable {
  id: GeneratedId;
  user_id: Id;
  kind: BudgetAlertKind;
  period: string;
  threshold: number;
  created_at: Generated<Date>;
}

export interface BuildTable {
  id: GeneratedId;
  tenant_id: Id;
  project_id: Id;
  version_id: Id | null;
  turn_id: Id | null;
  kind: string;
  status: Generated<BuildStatus>;
  commit_sha: string | null;
  artefact_digest: string | null;
  error_fingerprint: string | null;
  output_log: string | null;
  log_bytes: Generated<Bigint>;
  exit_code: number | null;
  created_at: Generated<Date>;
  started_at: Date | null;
  finished_at: Date | null;
  lease_expires_at: Date | null;
  lease_token: string | null;
  attempts: Generated<number>;
}

export interface CheckpointTable {
  id: GeneratedId;
  tenant_id: Id;
  project_id: Id;
  status: CheckpointStatus;
  object_key: string | null;
  bytes: Generated<Bigint>;
  fingerprint: string | null;
  created_at: Generated<Date>;
}

export interface ConversationTable {
  id: GeneratedId;
  tenant_id: Id;
  project_id: Id;
  user_id: Id;
  title: Generated<string>;
  status: Generated<ConversationStatus>;
  session_id: string | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface CreditEntryTable {
  id: GeneratedId;
  tenant_id: Id;
  user_id: Id;
  kind: CreditEntryKind;
  amount_usd: Numeric;
  credit_topup_id: Id | null;
  turn_id: Id | null;
  source: string;
  created_at: Generated<Date>;
}

export interface CreditHoldTable {
  id: GeneratedId;
  tenant_id: Id;
  user_id: Id;
  project_id: Id;
  turn_id: Id;
  holder: string;
  amount_usd: Numeric;
  expires_at: Date;
  created_at: Generated<Date>;
}

export interface CreditTopupTable {
  id: GeneratedId;
  user_id: Id;
  amount_usd: Numeric;
  stripe_payment_intent_id: string | null;
  status: Generated<CreditTopupStatus>;
  created_at: Generated<Date>;
  completed_at: Date | null;
  refunded_usd: Generated<Numeric>;
  disputed: Generated<boolean>;
  failure_code: string | null;
  receipt_url: string | null;
  tenant_id: Id;
  request_key: string | null;
}

export interface CustomDomainTable {
  id: GeneratedId;
  tenant_id: Id;
  project_id: Id;
  hostname: string;
  status: Generated<CustomDomainStatus>;
  reason: CustomDomainReason | null;
  detail: string | null;
  proof_token: string;
  attempts: Generated<number>;
  trouble_since: Date | null;
  checked_at: Date | null;
  next_check_at: Generated<Date | null>;
  claim: string | null;
  claimed_until: Date | null;
  challenge_token: string | null;
  challenge_answer: string | null;
  certificate: string | null;
  certificate_expires_at: Date | null;
  certificate_renew_at: Date | null;
  created_by: Bigint | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface DataChangeTable {
  id: GeneratedId;
  tenant_id: Id;
  project_id: Id;
  user_id: Id | null;
  kind: DataChangeKind;
  command: string;
  table_name: string | null;
  rows: Bigint | null;
  created_at: Generated<Date>;
}

export interface EgressHourTable {
  tenant_id: Id;
  project_id: Id;
  hour: Date;
  kind: EgressHourKind;
  host: string;
  requests: Generated<Bigint>;
  refused: Generated<Bigint>;
  bytes_out: Generated<Bigint>;
  bytes_in: Generated<Bigint>;
  reason: string | null;
}

export interface EmailLogTable {
  id: GeneratedId;
  type: string;
  recipient: string;
  subject: string;
  provider_message_id: string | null;
  status: string;
  error: string | null;
  created_at: Generated<Date>;
}

export interface EnvironmentTable {
  id: GeneratedId;
  tenant_id: Id;
  kind: EnvironmentKind;
  name: string;
  slug: string;
  resource_mode: Generated<EnvironmentResourceMode>;
  status: Generated<EnvironmentStatus>;
  deletable: boolean;
  namespace_ref: string | null;
  config: NullableJson;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
  worker_seat: number | null;
}

export interface EnvironmentCutoverLogTable {
  id: GeneratedId;
  environment_id: Id;
  tenant_id: Id;
  old_namespace_ref: string;
  new_namespace_ref: string;
  status: Generated<EnvironmentCutoverLogStatus>;
  started_at: Generated<Date>;
  completed_at: Date | null;
  error_message: string | null;
}

export interface EventTable {
  id: GeneratedId;
  tenant_id: Id;
  project_id: Id | null;
  type: string;
  payload: Json;
  created_at: Generated<Date>;
}

export interface FairUseCounterTable {
  user_id: Id;
  day_start: Date;
  calls: Bigint;
}

export interface GdprExportRequestTable {
  id: GeneratedId;
  user_id: Id;
  status: Generated<GdprExportRequestStatus>;
  export_url: string | null;
  requested_at: Generated<Date>;
  completed_at: Date | null;
  expires_at: Date | null;
}

export interface HostingBillingAccountTable {
  id: GeneratedId;
  tenant_id: Id;
  billing_anchor_day: Generated<number>;
  current_period_start: Date;
  current_period_end: Date;
  accrued_charged_usd: Generated<Numeric>;
  status: Generated<HostingBillingAccountStatus>;
  trial_ends_at: Date | null;
  past_due_since: Date | null;
  suspended_at: Date | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface HostingCostEventTable {
  id: GeneratedId;
  tenant_id: Id;
  environment_id: Id;
  project_id: Id | null;
  resource_kind: HostingCostEventResourceKind;
  window_start: Date;
  window_end: Date;
  raw_cost_usd: Numeric;
  charged_cost_usd: Numeric;
  source_ref: string | null;
  received_at: Generated<Date>;
}

export interface HostingCreditLedgerTable {
  id: GeneratedId;
  tenant_id: Id;
  environment_id: Id | null;
  type: HostingCreditLedgerType;
  source: HostingCreditLedgerSource;
  raw_amount_usd: Numeric;
  charged_amount_usd: Numeric;
  markup_percent_snapshot: Numeric | null;
  hosting_cost_event_id: Id | null;
  billing_period_id: Id | null;
  ref_id: string | null;
  created_at: Generated<Date>;
}

export interface HostingEnforcementLogTable {
  id: GeneratedId;
  tenant_id: Id;
  action: HostingEnforcementLogAction;
  reason: string;
  details_json: NullableJson;
  created_at: Generated<Date>;
}

export interface HostingInvoiceTable {
  id: GeneratedId;
  tenant_id: Id;
  period_start: Date;
  period_end: Date;
  total_charged_usd: Generated<Numeric>;
  stripe_payment_intent_id: string | null;
  status: Generated<HostingInvoiceStatus>;
  attempt_count: Generated<number>;
  next_retry_at: Date | null;
  created_at: Generated<Date>;
  settled_at: Date | null;
}

export interface HostingInvoiceLineTable {
  id: GeneratedId;
  tenant_id: Id;
  invoice_id: Id;
  environment_id: Id;
  charged_amount_usd: Numeric;
  environment_name_snapshot: string;
}

export interface IdempotencyKeyTable {
  user_id: Id;
  key: string;
  fingerprint: string;
  status_code: number | null;
  response: NullableJson;
  created_at: Generated<Date>;
}

export interface InviteTable {
  id: GeneratedId;
  token: string;
  issued_by_user_id: Id | null;
  issued_to_email: string | null;
  claimed_by_user_id: Id | null;
  issued_at: Generated<Date>;
  expires_at: Generated<Date>;
  claimed_at: Date | null;
  revoked_at: Date | null;
  revoked_reason: string | null;
  status: Generated<InviteStatus>;
}

export interface InviteGrantTable {
  id: GeneratedId;
  user_id: Id;
  bonus_invites: number;
  reason: string;
  granted_at: Generated<Date>;
}

export interface InviteRedemptionAttemptTable {
  id: GeneratedId;
  token_hash: string;
  ip_hash: string;
  result: InviteRedemptionAttemptResult;
  created_at: Generated<Date>;
}

export interface IssueTable {
  id: Generated<string>;
  tenant_id: Id;
  target: IssueTarget;
  project_id: Id | null;
  tenant_slug: string;
  reporter_user_id: Id | null;
  reporter_agent: IssueReporterAgent;
  session_id: string | null;
  title: string;
  description: string;
  kind: IssueKind;
  severity: Generated<IssueSeverity>;
  status: Generated<IssueStatus>;
  context_jsonb: NullableJson;
  resolved_by_user_id: Id | null;
  resolution_note: string | null;
  parent_issue_id: string | null;
  reported_at: Generated<Date>;
  triaged_at: Date | null;
  resolved_at: Date | null;
}

export interface IssueCommentTable {
  id: Generated<string>;
  tenant_id: Id;
  issue_id: string;
  author_user_id: Id | null;
  author_agent: IssueCommentAuthorAgent;
  body: string;
  created_at: Generated<Date>;
}

export interface MailTable {
  id: GeneratedId;
  user_id: Id | null;
  type: string;
  recipient: string;
  subject: string;
  text_body: string;
  html_body: string | null;
  status: Generated<MailStatus>;
  attempts: Generated<number>;
  next_attempt_at: Generated<Date>;
  created_at: Generated<Date>;
  sent_at: Date | null;
}

export interface MessageTable {
  id: GeneratedId;
  tenant_id: Id;
  conversation_id: Id;
  turn_id: Id | null;
  role: MessageRole;
  kind: Generated<MessageKind>;
  agent_role: string | null;
  content: string;
  payload_json: NullableJson;
  created_at: Generated<Date>;
}

export interface ModelPriceTable {
  id: GeneratedId;
  model: string;
  effective_from: Date;
  effective_to: Date | null;
  input_per_mtok: Numeric;
  output_per_mtok: Numeric;
  cache_write_5m_per_mtok: Numeric;
  cache_write_1h_per_mtok: Numeric;
  cache_read_per_mtok: Numeric;
  long_prompt_threshold_tokens: Bigint | null;
  long_input_per_mtok: Numeric | null;
  long_output_per_mtok: Numeric | null;
  long_cache_write_5m_per_mtok: Numeric | null;
  long_cache_write_1h_per_mtok: Numeric | null;
  long_cache_read_per_mtok: Numeric | null;
  web_search_usd: Generated<Numeric>;
  created_at: Generated<Date>;
  speed: Generated<ModelPriceSpeed>;
}

export interface OperatorAuditTable {
  id: GeneratedId;
  user_id: Id | null;
  action: string;
  details_json: NullableJson;
  created_at: Generated<Date>;
}

export interface PasswordResetTokenTable {
  id: GeneratedId;
  user_id: Id;
  token_hash: string;
  expires_at: Generated<Date>;
  used_at: Date | null;
  created_at: Generated<Date>;
}

export interface PersonalTokenTable {
  id: GeneratedId;
  user_id: Id;
  tenant_id: Id;
  name: string;
  token_hash: string;
  prefix: string;
  last_used_at: Date | null;
  expires_at: Date | null;
  revoked_at: Date | null;
  created_at: Generated<Date>;
}

export interface PlatformKillSwitchTable {
  id: GeneratedId;
  key: string;
  enabled: Generated<boolean>;
  reason: string | null;
  updated_at: Generated<Date>;
}

export interface PricingMarkupConfigTable {
  id: GeneratedId;
  resource_kind: PricingMarkupConfigResourceKind;
  markup_percent: Numeric;
  effective_from: Date;
  effective_to: Date | null;
  created_at: Generated<Date>;
}

export interface ProjectTable {
  id: GeneratedId;
  tenant_id: Id;
  environment_id: Id | null;
  name: string;
  description: Generated<string>;
  status: Generated<ProjectStatus>;
  previous_status: ProjectPreviousStatus | null;
  url: string | null;
  accent: Generated<ProjectAccent>;
  backend_language: Generated<string>;
  backend_framework: Generated<string>;
  frontend_language: Generated<string>;
  frontend_framework: Generated<string>;
  stack_id: string;
  slug: string;
  preview_uuid: Generated<string>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
  data_slug: Generated<string>;
}

export interface ProjectBudgetTable {
  project_id: Id;
  tenant_id: Id;
  monthly_cap_usd: Numeric | null;
  month_start: Generated<Date>;
  month_spent_usd: Generated<Numeric>;
  updated_at: Generated<Date>;
}

export interface ProjectVariableTable {
  id: GeneratedId;
  tenant_id: Id;
  project_id: Id;
  kind: ProjectVariableKind;
  name: string;
  sealed: string;
  updated_by: Bigint | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface ProjectVersionTable {
  id: GeneratedId;
  tenant_id: Id;
  project_id: Id;
  version_number: number;
  description: Generated<string>;
  status: Generated<ProjectVersionStatus>;
  commit_sha: string;
  tree_sha: string;
  turn_id: Id | null;
  source: ProjectVersionSource;
  restored_from_version_id: Id | null;
  files_changed: GeneratedJson;
  created_at: Generated<Date>;
  applied_at: Date | null;
  checkpoint_id: Id | null;
  data_checkpoint_id: Id | null;
  data_status: ProjectVersionDataStatus | null;
  settings: NullableJson;
}

export interface RefreshTokenTable {
  id: GeneratedId;
  user_id: Id;
  token_hash: string;
  family_id: string;
  user_agent: string | null;
  ip: string | null;
  expires_at: Generated<Date>;
  last_used_at: Date | null;
  replaced_at: Date | null;
  revoked_at: Date | null;
  created_at: Generated<Date>;
}

export interface ReleaseTable {
  id: GeneratedId;
  tenant_id: Id;
  project_id: Id;
  version_id: Id;
  kind: ReleaseKind;
  artefact_digest: string;
  status: Generated<ReleaseStatus>;
  error: string | null;
  created_at: Generated<Date>;
  activated_at: Date | null;
  retired_at: Date | null;
  published_by: Bigint | null;
  cause: Generated<ReleaseCause>;
  seat: number | null;
}

export interface ReservedSubdomainTable {
  name: string;
}

export interface SlugRedirectTable {
  slug: string;
  tenant_id: Id;
  project_id: Id;
  reserved_until: Date;
  created_at: Generated<Date>;
}

export interface StripeWebhookEventsTable {
  id: GeneratedId;
  stripe_event_id: string;
  type: string;
  payload_json: string;
  received_at: Generated<Date>;
  handled_at: Date | null;
  attempts: Generated<number>;
  next_attempt_at: Generated<Date>;
  error: string | null;
}

export interface TenantTable {
  id: GeneratedId;
  name: string;
  slug: string;
  owner_id: Id;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface TodoTable {
  id: Generated<string>;
  tenant_id: Id;
  title: string;
  completed: Generated<boolean>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface TurnTable {
  id: GeneratedId;
  tenant_id: Id;
  project_id: Id;
  environment_id: Id;
  conversation_id: Id;
  user_id: Id;
  message_id: Id | null;
  kind: Generated<TurnKind>;
  status: Generated<TurnStatus>;
  attempt: Generated<number>;
  lease_token: string | null;
  lease_expires_at: Date | null;
  token_hash: string | null;
  stop_requested_at: Date | null;
  last_seq: Generated<Bigint>;
  error_code: string | null;
  base_commit: string | null;
  result_commit: string | null;
  files_changed: NullableJson;
  input_tokens: Generated<Bigint>;
  output_tokens: Generated<Bigint>;
  cache_read_tokens: Generated<Bigint>;
  cache_write_tokens: Generated<Bigint>;
  charged_cost_usd: Generated<Numeric>;
  created_at: Generated<Date>;
  started_at: Date | null;
  finished_at: Date | null;
  cap_usd: Numeric | null;
  refused_by: TurnRefusedBy | null;
  waived_at: Date | null;
}

export interface UploadTable {
  id: GeneratedId;
  tenant_id: Id;
  project_id: Id;
  kind: UploadKind;
  name: string;
  object_key: string;
  bytes: Bigint;
  type: string;
  created_at: Generated<Date>;
}

export interface UsageEventTable {
  id: GeneratedId;
  tenant_id: Id;
  user_id: Id;
  project_id: Id | null;
  conversation_id: Id | null;
  turn_id: Id | null;
  agent_role: string | null;
  model: string;
  request_id: string | null;
  input_tokens: Generated<Bigint>;
  output_tokens: Generated<Bigint>;
  cache_read_tokens: Generated<Bigint>;
  cache_write_tokens: Generated<Bigint>;
  cache_write_5m_tokens: Generated<Bigint>;
  cache_write_1h_tokens: Generated<Bigint>;
  web_search_requests: Generated<Bigint>;
  raw_cost_usd: Numeric;
  charged_cost_usd: Numeric;
  executor_type: UsageEventExecutorType;
  model_price_id: Id | null;
  service_tier: string | null;
  latency_ms: number | null;
  outcome: string | null;
  estimated: Generated<boolean>;
  created_at: Generated<Date>;
  session_id: string | null;
  inference_geo: string | null;
  speed: string | null;
  call_id: string | null;
}

export interface UserBudgetTable {
  id: GeneratedId;
  user_id: Id;
  ai_credit_usd: Generated<Numeric>;
  ai_credit_initial_usd: Generated<Numeric>;
  spending_limit_usd: Numeric | null;
  updated_at: Generated<Date>;
  turn_cap_usd: Numeric | null;
  month_start: Generated<Date>;
  month_spent_usd: Generated<Numeric>;
  credit_base_usd: Generated<Numeric>;
  credit_period: Generated<number>;
}

export interface UserInviteQuotaTable {
  user_id: Id;
  max_generation: Generated<number>;
  issued_count: Generated<number>;
  claimed_count: Generated<number>;
  updated_at: Generated<Date>;
}

export interface UserNotificationPreferencesTable {
  user_id: Id;
  email_billing_alerts: Generated<boolean>;
  email_security_alerts: Generated<boolean>;
  email_product_updates: Generated<boolean>;
  updated_at: Generated<Date>;
}

export interface UsersTable {
  id: GeneratedId;
  email: string;
  password_hash: string;
  name: string;
  role: Generated<UsersRole>;
  locale: Generated<UsersLocale>;
  sound_new_message: Generated<boolean>;
  sound_send_message: Generated<boolean>;
  sound_task_completed: Generated<boolean>;
  sound_task_error: Generated<boolean>;
  sound_master_volume: Generated<number>;
  stripe_customer_id: string | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
  deleted_at: Date | null;
}

export interface WaitlistEntryTable {
  id: GeneratedId;
  email: string;
  name: string;
  role: string | null;
  project_idea: string | null;
  referral_code: string;
  referred_by_id: Id | null;
  created_at: Generated<Date>;
  invited_at: Date | null;
  invite_id: Id | null;
}

export interface WaitlistJoinAttemptTable {
  id: GeneratedId;
  email_hash: string;
  ip_hash: string;
  created_at: Generated<Date>;
}

export interface DB {
  acme_account: AcmeAccountTable;
  activity: ActivityTable;
  api_usage_ledger: ApiUsageLedgerTable;
  app_metric: AppMetricTable;
  auth_rate_limit_attempt: AuthRateLimitAttemptTable;
  budget_alert: BudgetAlertTable;
  build: BuildTable;
  checkpoint: CheckpointTable;
  conversation: ConversationTable;
  credit_entry: CreditEntryTable;
  credit_hold: CreditHoldTable;
  credit_topup: CreditTopupTable;
  custom_domain: CustomDomainTable;
  data_change: DataChangeTable;
  egress_hour: EgressHourTable;
  email_log: EmailLogTable;
  environment: EnvironmentTable;
  environment_cutover_log: EnvironmentCutoverLogTable;
  event: EventTable;
  fair_use_counter: FairUseCounterTable;
  gdpr_export_request: GdprExportRequestTable;
  hosting_billing_account: HostingBillingAccountTable;
  hosting_cost_event: HostingCostEventTable;
  hosting_credit_ledger: HostingCreditLedgerTable;
  hosting_enforcement_log: HostingEnforcementLogTable;
  hosting_invoice: HostingInvoiceTable;
  hosting_invoice_line: HostingInvoiceLineTable;
  idempotency_key: IdempotencyKeyTable;
  invite: InviteTable;
  invite_grant: InviteGrantTable;
  invite_redemption_attempt: InviteRedemptionAttemptTable;
  issue: IssueTable;
  issue_comment: IssueCommentTable;
  mail: MailTable;
  message: MessageTable;
  model_price: ModelPriceTable;
  operator_audit: OperatorAuditTable;
  password_reset_token: PasswordResetTokenTable;
  personal_token: PersonalTokenTable;
  platform_kill_switch: PlatformKillSwitchTable;
  pricing_markup_config: PricingMarkupConfigTable;
  project: ProjectTable;
  project_budget: ProjectBudgetTable;
  project_variable: ProjectVariableTable;
  project_version: ProjectVersionTable;
  refresh_token: RefreshTokenTable;
  release: ReleaseTable;
  reserved_subdomain: ReservedSubdomainTable;
  slug_redirect: SlugRedirectTable;
  stripe_webhook_events: StripeWebhookEventsTable;
  tenant: TenantTable;
  todo: TodoTable;
  turn: TurnTable;
  upload: UploadTable;
  usage_event: UsageEventTable;
  user_budget: UserBudgetTable;
  user_invite_quota: UserInviteQuotaTable;
  user_notification_preferences: UserNotificationPreferencesTable;
  users: UsersTable;
  waitlist_entry: WaitlistEntryTable;
  waitlist_join_attempt: WaitlistJoinAttemptTable;
}

export type AcmeAccountRow = Selectable<AcmeAccountTable>;
export type ActivityRow = Selectable<ActivityTable>;
export type ApiUsageLedgerRow = Selectable<ApiUsageLedgerTable>;
export type AppMetricRow = Selectable<AppMetricTable>;
export type AuthRateLimitAttemptRow = Selectable<AuthRateLimitAttemptTable>;
export type BudgetAlertRow = Selectable<BudgetAlertTable>;
export type BuildRow = Selectable<BuildTable>;
export type CheckpointRow = Selectable<CheckpointTable>;
export type ConversationRow = Selectable<ConversationTable>;
export type CreditEntryRow = Selectable<CreditEntryTable>;
export type CreditHoldRow = Selectable<CreditHoldTable>;
export type CreditTopupRow = Selectable<CreditTopupTable>;
export type CustomDomainRow = Selectable<CustomDomainTable>;
export type DataChangeRow = Selectable<DataChangeTable>;
export type EgressHourRow = Selectable<EgressHourTable>;
export type EmailLogRow = Selectable<EmailLogTable>;
export type EnvironmentRow = Selectable<EnvironmentTable>;
export type EnvironmentCutoverLogRow = Selectable<EnvironmentCutoverLogTable>;
export type EventRow = Selectable<EventTable>;
export type FairUseCounterRow = Selectable<FairUseCounterTable>;
export type GdprExportRequestRow = Selectable<GdprExportRequestTable>;
export type HostingBillingAccountRow = Selectable<HostingBillingAccountTable>;
export type HostingCostEventRow = Selectable<HostingCostEventTable>;
export type HostingCreditLedgerRow = Selectable<HostingCreditLedgerTable>;
export type HostingEnforcementLogRow = Selectable<HostingEnforcementLogTable>;
export type HostingInvoiceRow = Selectable<HostingInvoiceTable>;
export type HostingInvoiceLineRow = Selectable<HostingInvoiceLineTable>;
export type IdempotencyKeyRow = Selectable<IdempotencyKeyTable>;
export type InviteRow = Selectable<InviteTable>;
export type InviteGrantRow = Selectable<InviteGrantTable>;
export type InviteRedemptionAttemptRow = Selectable<InviteRedemptionAttemptTable>;
export type IssueRow = Selectable<IssueTable>;
export type IssueCommentRow = Selectable<IssueCommentTable>;
export type MailRow = Selectable<MailTable>;
export type MessageRow = Selectable<MessageTable>;
export type ModelPriceRow = Selectable<ModelPriceTable>;
export type OperatorAuditRow = Selectable<OperatorAuditTable>;
export type PasswordResetTokenRow = Selectable<PasswordResetTokenTable>;
export type PersonalTokenRow = Selectable<PersonalTokenTable>;
export type PlatformKillSwitchRow = Selectable<PlatformKillSwitchTable>;
export type PricingMarkupConfigRow = Selectable<PricingMarkupConfigTable>;
export type ProjectRow = Selectable<ProjectTable>;
export type ProjectBudgetRow = Selectable<ProjectBudgetTable>;
export type ProjectVariableRow = Selectable<ProjectVariableTable>;
export type ProjectVersionRow = Selectable<ProjectVersionTable>;
export type RefreshTokenRow = Selectable<RefreshTokenTable>;
export type ReleaseRow = Selectable<ReleaseTable>;
export type ReservedSubdomainRow = Selectable<ReservedSubdomainTable>;
export type SlugRedirectRow = Selectable<SlugRedirectTable>;
export type StripeWebhookEventsRow = Selectable<StripeWebhookEventsTable>;
export type TenantRow = Selectable<TenantTable>;
export type TodoRow = Selectable<TodoTable>;
export type TurnRow = Selectable<TurnTable>;
export type UploadRow = Selectable<UploadTable>;
export type UsageEventRow = Selectable<UsageEventTable>;
export type UserBudgetRow = Selectable<UserBudgetTable>;
export type UserInviteQuotaRow = Selectable<UserInviteQuotaTable>;
export type UserNotificationPreferencesRow = Selectable<UserNotificationPreferencesTable>;
export type UsersRow = Selectable<UsersTable>;
export type WaitlistEntryRow = Selectable<WaitlistEntryTable>;
export type WaitlistJoinAttemptRow = Selectable<WaitlistJoinAttemptTable>;
