// The ways in: none, Basic, or Bearer with a token service of its own (distribution token spec, and its OAuth2 form).
import { randomUUID } from "node:crypto";
import { type Answer, failed } from "./serve.ts";

export type Auth = "none" | "basic" | "bearer";

export type AccessOptions = {
  readonly user?: string;
  readonly password?: string;
  /** Identity token that the token service takes by POST. */
  readonly identityToken?: string;
  /** Seconds that a token lives; null leaves it out of the answer, and it lives 60 s. */
  readonly expiresIn?: number | null;
  readonly tokenField?: "token" | "access_token";
  /** Where the challenge sends for a token; the registry's own address when left out. */
  readonly realm?: string;
  /** Repositories that nobody may use. */
  readonly denied?: RegExp;
};

export type Access = {
  readonly isAllowed: (
    auth: Auth,
    header: string | undefined,
    repository: string,
    action: string,
    now: number,
  ) => boolean;
  readonly challenge: (auth: Auth, origin: string, repository: string, action: string) => Answer;
  readonly giveToken: (
    method: string,
    url: URL,
    header: string | undefined,
    body: string,
    now: number,
  ) => Answer;
  readonly expireAll: () => void;
};

export function createAccess(options: AccessOptions): Access {
  const { user = "user", password = "secret", denied } = options;
  const tokens = new Map<string, { readonly scopes: readonly string[]; readonly ends: number }>();
  const isBasic = (header: string | undefined): boolean =>
    header === `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

  return {
    isAllowed: (auth, header, repository, action, now) => {
      if (denied?.test(repository) === true) return false;
      if (auth === "none") return true;
      if (auth === "basic") return isBasic(header);
      const grant = tokens.get((header ?? "").replace(/^Bearer /, ""));
      if (grant === undefined || grant.ends <= now) return false;
      return grant.scopes.some((scope) => {
        const [, name, actions = ""] = /^repository:(.+):([^:]*)$/.exec(scope) ?? [];
        return name === repository && actions.split(",").includes(action);
      });
    },
    challenge: (auth, origin, repository, action) => {
      const actions = action === "pull" ? "pull" : `pull,${action}`;
      const realm = options.realm ?? `${origin}/token`;
      const bearer = `Bearer realm="${realm}",service="chaos",scope="repository:${repository}:${actions}"`;
      const headers = {
        "content-type": "application/json",
        "www-authenticate": auth === "bearer" ? bearer : 'Basic realm="chaos"',
      };
      return { ...failed(401, "UNAUTHORIZED", "authentication required"), headers };
    },
    giveToken: (method, url, header, body, now) => {
      const form = new URLSearchParams(body);
      const isPost = method === "POST";
      const isKnown =
        isPost && form.get("grant_type") === "refresh_token"
          ? form.get("refresh_token") === options.identityToken
          : isPost
            ? form.get("username") === user && form.get("password") === password
            : header === undefined || isBasic(header);
      if (!isKnown) return failed(401, "UNAUTHORIZED", "wrong user or password");
      const asked = isPost ? (form.get("scope") ?? "").split(" ") : url.searchParams.getAll("scope");
      const scopes = asked
        .filter((scope) => denied?.test(scope.split(":")[1] ?? "") !== true)
        // A visitor without a name may only read.
        .map((scope) => (isPost || header !== undefined ? scope : scope.replace(/:[^:]*$/, ":pull")));
      const token = randomUUID();
      const seconds = options.expiresIn === undefined ? 300 : options.expiresIn;
      tokens.set(token, { scopes, ends: now + (seconds ?? 60) * 1000 });
      const lifetime = seconds === null ? {} : { expires_in: seconds };
      const answer = { [options.tokenField ?? "token"]: token, ...lifetime };
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(answer),
      };
    },
    expireAll: () => tokens.clear(),
  };
}
