import type {
  Account, AlterOptions, AnonOptions, CodeOptions, ImplicitOptions, StackOneOptions, TokenResponse,
} from "./index.js";

/** Options without what a preset fills; what is given nevertheless wins. */
type Given<O, Filled extends keyof O> = Omit<O, "protocol" | Filled> & Partial<Pick<O, Filled>>;

/** Fills the options of Alter Connect: `connect.open(alter({ token }))`. */
export function alter(options: Given<AlterOptions, "baseURL">): AlterOptions & { protocol: "alter-connect"; baseURL: string };

/** Fills the options of Anon Link: `connect.open(anonLink({ link }))`. */
export function anonLink(options: Omit<AnonOptions, "protocol">): AnonOptions;

/** Fills the options of StackOne Auth Links: `connect.open(stackOne({ link, verify }))`. */
export function stackOne<A = Account>(options: Omit<StackOneOptions<A>, "protocol">): StackOneOptions<A>;

/**
 * Fills the options of AniAPI, which has the implicit grant alone: `connect.authorize(aniapi({ clientId, redirectUri }))`.
 * Its answer has neither `token_type` nor `expires_in`.
 */
export function aniapi(options: Given<ImplicitOptions, "authorizationEndpoint">): ImplicitOptions;

/** What anny's preset fills. */
type OfAnny = "authorizationEndpoint" | "tokenEndpoint" | "tokenRequest" | "scope";
type FilledForAnny = { tokenEndpoint: string; tokenRequest: "form" | "json"; scope: string };

/** What the result's type is in. */
type WithResult = "onSuccess" | "verify" | "exchange";

/**
 * Fills the options of anny, a code grant with PKCE: `connect.authorize(anny({ clientId, redirectUri }))`, and later
 * `connect.refresh({ ...anny({ clientId, redirectUri }), refreshToken })`.
 *
 * Without `exchange` and the like, the result is left to what stands beside it: `{ ...anny({ clientId, redirectUri }), exchange }`.
 */
export function anny(
  options: Omit<Given<CodeOptions, OfAnny>, WithResult> & { [K in WithResult]?: undefined },
): Omit<CodeOptions, WithResult> & FilledForAnny;
export function anny<R = TokenResponse>(options: Given<CodeOptions<R>, OfAnny>): CodeOptions<R> & FilledForAnny;
