import { z } from 'zod';
import { errors } from './problem.ts';
import { Id, IdParams, route, Text, Timestamp } from './route.ts';

export const Locale = z.enum(['en', 'cs']);
export type Locale = z.infer<typeof Locale>;

export const SoundPreferences = z.object({
  newMessage: z.boolean(),
  sendMessage: z.boolean(),
  taskCompleted: z.boolean(),
  taskError: z.boolean(),
  masterVolume: z.number().int().min(0).max(100),
});
export type SoundPreferences = z.infer<typeof SoundPreferences>;

export const NotificationPreferences = z.object({
  billingAlerts: z.boolean(),
  securityAlerts: z.boolean(),
  productUpdates: z.boolean(),
});
export type NotificationPreferences = z.infer<typeof NotificationPreferences>;

export const Me = z.object({
  id: Id,
  email: z.string(),
  name: z.string(),
  role: z.enum(['USER', 'ADMIN']),
  locale: Locale,
  sounds: SoundPreferences,
  notifications: NotificationPreferences,
  tenant: z.object({ id: Id, name: z.string(), slug: z.string() }),
  createdAt: Timestamp,
});
export type Me = z.infer<typeof Me>;

/** What a sign-in gives: the access token lives in memory, the refresh token in an HttpOnly cookie. */
export const SessionGrant = z.object({ accessToken: z.string(), expiresAt: Timestamp, me: Me });
export type SessionGrant = z.infer<typeof SessionGrant>;

const Email = z.email().max(254);
const Password = z.string().min(10).max(128);
const Name = Text.trim().min(1).max(100);

export const SignUp = z.object({
  email: Email,
  password: Password,
  name: Name,
  locale: Locale.optional(),
  inviteToken: z.string().max(200).optional(),
});
export const SignIn = z.object({ email: Email, password: z.string().min(1).max(1000) });

export const AuthOptions = z.object({
  signUpMode: z.enum(['open', 'invite', 'closed']),
  /** True until the first account exists: whoever signs up first becomes the operator. */
  firstAccount: z.boolean(),
  /** True when no model key is configured and the scripted demo model answers. */
  demoModel: z.boolean(),
});
export type AuthOptions = z.infer<typeof AuthOptions>;

export const Session = z.object({
  id: z.uuid(),
  current: z.boolean(),
  userAgent: z.string().nullable(),
  ip: z.string().nullable(),
  createdAt: Timestamp,
  lastUsedAt: Timestamp,
});
export type Session = z.infer<typeof Session>;

export const PersonalToken = z.object({
  id: Id,
  name: z.string(),
  prefix: z.string(),
  createdAt: Timestamp,
  lastUsedAt: Timestamp.nullable(),
  expiresAt: Timestamp.nullable(),
});
export type PersonalToken = z.infer<typeof PersonalToken>;

const tag = 'identity';
export const identityRoutes = {
  authOptions: route({
    method: 'GET',
    url: '/api/auth/options',
    access: 'public',
    tag,
    summary: 'How one may sign up here',
    responses: { 200: AuthOptions },
  }),
  signUp: route({
    method: 'POST',
    url: '/api/auth/sign-up',
    access: 'public',
    tag,
    summary: 'Make an account and its tenant',
    body: SignUp,
    responses: { 201: SessionGrant },
    errors: ['sign_up_closed', 'invite_invalid', 'email_taken', 'password_common', 'rate_limited'],
  }),
  signIn: route({
    method: 'POST',
    url: '/api/auth/sign-in',
    access: 'public',
    tag,
    summary: 'Sign in with email and password',
    body: SignIn,
    responses: { 200: SessionGrant },
    errors: ['credentials_wrong', 'rate_limited'],
  }),
  refresh: route({
    method: 'POST',
    url: '/api/auth/refresh',
    access: 'public',
    tag,
    summary: 'Trade the refresh cookie for a new access token',
    responses: { 200: SessionGrant },
    errors: ['session_ended', 'origin_refused'],
  }),
  signOut: route({
    method: 'POST',
    url: '/api/auth/sign-out',
    access: 'public',
    tag,
    summary: 'End this session',
    responses: { 204: z.void() },
    errors: ['origin_refused'],
  }),
  requestPasswordReset: route({
    method: 'POST',
    url: '/api/auth/password-reset',
    access: 'public',
    tag,
    summary: 'Mail a reset link, if the address is known',
    body: z.object({ email: Email }),
    responses: { 202: z.void() },
    errors: ['rate_limited'],
  }),
  confirmPasswordReset: route({
    method: 'POST',
    url: '/api/auth/password-reset/confirm',
    access: 'public',
    tag,
    summary: 'Set a new password with the mailed token; ends all sessions',
    body: z.object({ token: z.string().max(200), password: Password }),
    responses: { 204: z.void() },
    errors: ['reset_token_invalid', 'password_common', 'rate_limited'],
  }),
  me: route({
    method: 'GET',
    url: '/api/me',
    access: 'user',
    tag,
    summary: 'The signed-in person',
    responses: { 200: Me },
  }),
  updateMe: route({
    method: 'PATCH',
    url: '/api/me',
    access: 'user',
    tag,
    summary: 'Change the name',
    body: z.object({ name: Name }),
    responses: { 200: Me },
  }),
  setLocale: route({
    method: 'PUT',
    url: '/api/me/locale',
    access: 'user',
    tag,
    summary: 'Choose the language',
    body: z.object({ locale: Locale }),
    responses: { 200: Me },
  }),
  setSounds: route({
    method: 'PUT',
    url: '/api/me/sound-preferences',
    access: 'user',
    tag,
    summary: 'Choose the sounds',
    body: SoundPreferences,
    responses: { 200: Me },
  }),
  setNotifications: route({
    method: 'PUT',
    url: '/api/me/notification-preferences',
    access: 'user',
    tag,
    summary: 'Choose which mails to get',
    body: NotificationPreferences,
    responses: { 200: Me },
  }),
  changePassword: route({
    method: 'PUT',
    url: '/api/me/password',
    access: 'user',
    tag,
    summary: 'Change the password; ends the other sessions',
    body: z.object({ currentPassword: z.string().min(1).max(1000), newPassword: Password }),
    responses: { 204: z.void() },
    errors: ['credentials_wrong', 'password_common', 'rate_limited'],
  }),
  listSessions: route({
    method: 'GET',
    url: '/api/me/sessions',
    access: 'user',
    tag,
    summary: 'Where this account is signed in',
    responses: { 200: z.object({ items: z.array(Session) }) },
  }),
  endSession: route({
    method: 'DELETE',
    url: '/api/me/sessions/:id',
    access: 'user',
    tag,
    summary: 'Sign a session out',
    params: z.object({ id: z.uuid() }),
    responses: { 204: z.void() },
  }),
  listTokens: route({
    method: 'GET',
    url: '/api/me/tokens',
    access: 'user',
    tag,
    summary: 'Personal tokens for git',
    responses: { 200: z.object({ items: z.array(PersonalToken) }) },
  }),
  createToken: route({
    method: 'POST',
    url: '/api/me/tokens',
    access: 'user',
    tag,
    summary: 'Make a personal token; its text is shown once',
    body: z.object({
      name: Text.trim().min(1).max(100),
      expiresInDays: z.number().int().min(1).max(365).optional(),
    }),
    // Not idempotent: to repeat the answer the platform would have to keep the token.
    responses: { 201: PersonalToken.extend({ token: z.string() }) },
    errors: ['too_many_tokens'],
  }),
  revokeToken: route({
    method: 'DELETE',
    url: '/api/me/tokens/:id',
    access: 'user',
    tag,
    summary: 'Revoke a personal token',
    params: IdParams,
    responses: { 204: z.void() },
  }),
};

export const identityErrors = errors({
  sign_up_closed: {
    status: 403,
    en: 'Sign-up is closed here. Ask the operator for an account.',
    cs: 'Registrace je zavřená. Požádejte provozovatele o účet.',
  },
  invite_invalid: {
    status: 403,
    en: 'This invitation is not valid any more. Ask for a new one.',
    cs: 'Tato pozvánka už neplatí. Požádejte o novou.',
  },
  email_taken: {
    status: 409,
    en: 'An account could not be made with this email. If it is yours, sign in or reset the password.',
    cs: 'S tímto e-mailem účet založit nejde. Pokud je váš, přihlaste se nebo si obnovte heslo.',
  },
  password_common: {
    status: 422,
    en: 'This password is on the list that attackers try first. Choose another one; three unrelated words work well.',
    cs: 'Toto heslo je na seznamu, který útočníci zkoušejí jako první. Zvolte jiné; dobře fungují tři nesouvisející slova.',
  },
  credentials_wrong: { status: 401, en: 'Email and password do not match.', cs: 'E-mail a heslo k sobě nepatří.' },
  session_ended: {
    status: 401,
    en: 'You were signed out. Please sign in again; your work is saved.',
    cs: 'Byli jste odhlášeni. Přihlaste se znovu; vaše práce je uložená.',
  },
  origin_refused: {
    status: 403,
    en: 'This call must come from the TalkIDE page itself.',
    cs: 'Toto volání musí přijít přímo ze stránky TalkIDE.',
  },
  too_many_tokens: {
    status: 409,
    en: 'You have {limit} personal tokens, which is the most. Revoke one that you no longer use.',
    cs: 'Máte {limit} osobních tokenů, víc jich být nemůže. Zrušte některý, který už nepoužíváte.',
  },
  invite_settled: {
    status: 409,
    en: 'This invitation was used or has ended, so there is nothing to revoke.',
    cs: 'Tato pozvánka už byla využita nebo skončila, není co rušit.',
  },
  reset_token_invalid: {
    status: 422,
    en: 'This link was used or is older than an hour. Ask for a new one.',
    cs: 'Odkaz už byl použit nebo je starší než hodina. Požádejte o nový.',
  },
});
