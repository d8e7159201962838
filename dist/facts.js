import { An as WorkError, bn as ExecError, yn as detectCi } from "./shared.js";
// src/host/facts/repository-page.ts
const scpPattern = /^(?:[^@/\s]+@([\w.-]+)|([\w-]+(?:\.[\w-]+)+)):\/?([^\s]+)$/;
function repositoryPage(remote) {
	if (remote === void 0) return void 0;
	const [scp, host, bareHost, path] = remote.includes("://") ? [] : scpPattern.exec(remote) ?? [];
	const url = parseUrl(scp === void 0 ? remote : `https://${host ?? bareHost}/${path}`);
	if (url === void 0 || url.hostname === "") return void 0;
	const isWeb = url.protocol === "http:" || url.protocol === "https:";
	if (!isWeb && !/^(?:git|ssh|git\+ssh):$/.test(url.protocol)) return void 0;
	const page = url.pathname.replace(/\/+$/, "").replace(/\.git$/, "");
	if (page === "") return void 0;
	return isWeb ? `${url.origin}${page}` : `https://${url.hostname}${page}`;
}
function webAddress(text) {
	const url = text === void 0 ? void 0 : parseUrl(text);
	if (url === void 0 || !/^https?:$/.test(url.protocol)) return void 0;
	url.username = "";
	url.password = "";
	return url.href;
}
function parseUrl(text) {
	return /[\s\p{Cc}]/u.test(text) || !URL.canParse(text) ? void 0 : new URL(text);
}
// src/host/facts/claims.ts
function checkClaims(ci, claims) {
	const { event, gitContext, isFork, isPrivate, ref } = claims;
	const tag = refName(claims.tag ?? cut(ref, "refs/tags/"), "refs/tags/");
	const branch = refName(claims.branch ?? cut(ref, "refs/heads/"), "refs/heads/");
	return known({
		ci,
		event: event === "push" && tag !== void 0 ? "tag" : event,
		repositoryUrl: repositoryPage(claims.repositoryUrl),
		commit: commitId(claims.commit),
		branch: tag === void 0 ? branch : void 0,
		baseBranch: refName(claims.baseBranch, "refs/heads/"),
		defaultBranch: refName(claims.defaultBranch, "refs/heads/"),
		tag,
		pullRequest: word(claims.pullRequest),
		isFork,
		isPrivate,
		runId: word(claims.runId),
		runUrl: webAddress(claims.runUrl),
		runAttempt: matching(claims.runAttempt, /^\d{1,9}$/),
		gitContext,
		commitTime: seconds(claims.commitTime),
		title: line(claims.title),
		description: line(claims.description),
		license: matching(claims.license, /^(?!NOASSERTION$)[\w.+() -]{1,200}$/)
	});
}
function commitId(text) {
	return matching(text?.toLowerCase(), /^(?:[\da-f]{40}|[\da-f]{64})$/);
}
function truth(text) {
	return text === void 0 || text === "" ? void 0 : /^(?:1|t|true)$/i.test(text);
}
function cut(text, prefix) {
	return text?.startsWith(prefix) ? text.slice(prefix.length) : void 0;
}
function whole(...parts) {
	return parts.includes(void 0) ? void 0 : parts.join("");
}
function known(object) {
	return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== void 0));
}
function refName(text, prefix) {
	return matching(cut(text, prefix) ?? text, /^(?![-/.])(?!.*(?:\.\.|@\{|\/\/|[/.]$))[^\s\p{Cc}~^:?*[\\]{1,255}$/u);
}
function word(text) {
	return matching(text, /^\w[\w.:%+-]{0,199}$/);
}
function line(text) {
	return text?.replaceAll(/[\s\p{Cc}]+/gu, " ").trim() || void 0;
}
function seconds(text) {
	const milliseconds = Date.parse(text ?? "");
	return Number.isNaN(milliseconds) ? void 0 : Math.floor(milliseconds / 1e3);
}
function matching(text, pattern) {
	return text !== void 0 && pattern.test(text) ? text : void 0;
}
// src/git.ts
async function readGitFacts(cwd, exec) {
	const git = (...args) => ask(args, cwd, exec);
	const [place, head, remote] = await Promise.all([
		git("rev-parse", "--show-toplevel", "--symbolic-full-name", "HEAD", "refs/remotes/origin/HEAD"),
		git(...[
			"log",
			"-1",
			"--no-show-signature",
			"--decorate=full",
			"--decorate-refs=refs/tags/"
		], ...["--format=%H%n%ct%n%D", "HEAD"]),
		git("remote", "get-url", "origin")
	]);
	const [root, branch, defaultBranch] = place.lines;
	const [commit, commitTime, decorations = ""] = head.isWhole ? head.lines : [];
	return {
		...known({
			root: root === "" ? void 0 : root,
			commit,
			commitTime: commitTime === void 0 ? void 0 : Number(commitTime),
			branch: cut(branch, "refs/heads/"),
			defaultBranch: place.isWhole ? cut(defaultBranch, "refs/remotes/origin/") : void 0,
			repositoryUrl: remote.isWhole ? repositoryPage(remote.lines[0]) : void 0
		}),
		tags: decorations.split(", ").flatMap((name) => cut(name, "tag: refs/tags/") ?? []).toSorted((a, b) => b.localeCompare(a, "en", { numeric: true }))
	};
}
async function ask(args, cwd, exec) {
	const command = {
		program: "git",
		args: [
			"--no-optional-locks",
			"-c",
			"core.fsmonitor=false",
			...args
		]
	};
	try {
		return {
			lines: (await exec(command, { cwd })).stdout.split("\n"),
			isWhole: true
		};
	} catch (error) {
		if (!(error instanceof WorkError)) throw error;
		return {
			lines: error instanceof ExecError ? error.stdout.split("\n") : [],
			isWhole: false
		};
	}
}
// src/host/facts/appveyor.ts
const servers = {
	bitbucket: "https://bitbucket.org",
	github: "https://github.com",
	gitlab: "https://gitlab.com"
};
function appveyorClaims(env) {
	const pullRequest = env["APPVEYOR_PULL_REQUEST_NUMBER"];
	const repository = env["APPVEYOR_REPO_NAME"];
	const server = servers[(env["APPVEYOR_REPO_PROVIDER"] ?? "").toLowerCase()];
	const project = whole(env["APPVEYOR_ACCOUNT_NAME"], "/", env["APPVEYOR_PROJECT_SLUG"]);
	const site = env["APPVEYOR_URL"] ?? "https://ci.appveyor.com";
	return {
		event: pullRequest === void 0 ? eventOf$10(env) : "pull-request",
		repositoryUrl: whole(server, "/", repository),
		commit: env["APPVEYOR_REPO_COMMIT"],
		commitTime: env["APPVEYOR_REPO_COMMIT_TIMESTAMP"],
		branch: pullRequest === void 0 ? env["APPVEYOR_REPO_BRANCH"] : env["APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH"],
		baseBranch: pullRequest === void 0 ? void 0 : env["APPVEYOR_REPO_BRANCH"],
		tag: truth(env["APPVEYOR_REPO_TAG"]) ? env["APPVEYOR_REPO_TAG_NAME"] : void 0,
		pullRequest,
		isFork: pullRequest === void 0 ? void 0 : env["APPVEYOR_PULL_REQUEST_HEAD_REPO_NAME"] !== repository,
		runId: env["APPVEYOR_BUILD_ID"],
		runUrl: whole(site, "/project/", project, "/builds/", env["APPVEYOR_BUILD_ID"]),
		title: env["APPVEYOR_PROJECT_NAME"]
	};
}
function eventOf$10(env) {
	if (truth(env["APPVEYOR_SCHEDULED_BUILD"])) return "schedule";
	return truth(env["APPVEYOR_FORCED_BUILD"]) ? "manual" : "push";
}
// src/host/facts/azure.ts
function azureClaims(env) {
	const isPullRequest = env["BUILD_REASON"] === "PullRequest";
	const project = encodeURIComponent(env["SYSTEM_TEAMPROJECT"] ?? "");
	return {
		event: eventOf$9(env["BUILD_REASON"]),
		repositoryUrl: env["BUILD_REPOSITORY_URI"],
		commit: env["BUILD_SOURCEVERSION"],
		ref: env["BUILD_SOURCEBRANCH"],
		branch: isPullRequest ? env["SYSTEM_PULLREQUEST_SOURCEBRANCH"] : void 0,
		baseBranch: isPullRequest ? env["SYSTEM_PULLREQUEST_TARGETBRANCH"] : void 0,
		pullRequest: env["SYSTEM_PULLREQUEST_PULLREQUESTNUMBER"] ?? env["SYSTEM_PULLREQUEST_PULLREQUESTID"],
		isFork: isPullRequest ? truth(env["SYSTEM_PULLREQUEST_ISFORK"]) : void 0,
		runId: env["BUILD_BUILDID"],
		runUrl: whole(env["SYSTEM_COLLECTIONURI"], project, "/_build/results?buildId=", env["BUILD_BUILDID"]),
		runAttempt: env["SYSTEM_STAGEATTEMPT"],
		title: env["BUILD_REPOSITORY_NAME"]?.split("/").at(-1)
	};
}
function eventOf$9(reason) {
	switch (reason) {
		case "IndividualCI":
		case "BatchedCI": return "push";
		case "PullRequest": return "pull-request";
		case "Schedule": return "schedule";
		case "Manual": return "manual";
		default: return "unknown";
	}
}
// src/host/facts/bitbucket.ts
function bitbucketClaims(env) {
	const pullRequest = env["BITBUCKET_PR_ID"];
	const page = whole("https://bitbucket.org/", env["BITBUCKET_REPO_FULL_NAME"]);
	return {
		event: pullRequest === void 0 ? "push" : "pull-request",
		repositoryUrl: page,
		commit: env["BITBUCKET_COMMIT"],
		branch: env["BITBUCKET_BRANCH"],
		baseBranch: pullRequest === void 0 ? void 0 : env["BITBUCKET_PR_DESTINATION_BRANCH"],
		tag: env["BITBUCKET_TAG"],
		pullRequest,
		isFork: pullRequest === void 0 ? void 0 : false,
		isPrivate: truth(env["BITBUCKET_REPO_IS_PRIVATE"]),
		runId: env["BITBUCKET_PIPELINE_UUID"]?.replaceAll(/[{}]/g, "") ?? env["BITBUCKET_BUILD_NUMBER"],
		runUrl: whole(page, "/pipelines/results/", env["BITBUCKET_BUILD_NUMBER"]),
		runAttempt: env["BITBUCKET_STEP_RUN_NUMBER"],
		title: env["BITBUCKET_REPO_SLUG"]
	};
}
// src/host/facts/buildkite.ts
function buildkiteClaims(env) {
	const number = env["BUILDKITE_PULL_REQUEST"];
	const pullRequest = number === "false" ? void 0 : number;
	const retries = env["BUILDKITE_RETRY_COUNT"];
	return {
		event: pullRequest === void 0 ? eventOf$8(env["BUILDKITE_SOURCE"]) : "pull-request",
		repositoryUrl: env["BUILDKITE_REPO"],
		commit: env["BUILDKITE_COMMIT"],
		branch: env["BUILDKITE_BRANCH"],
		baseBranch: pullRequest === void 0 ? void 0 : env["BUILDKITE_PULL_REQUEST_BASE_BRANCH"],
		defaultBranch: env["BUILDKITE_PIPELINE_DEFAULT_BRANCH"],
		tag: env["BUILDKITE_TAG"],
		pullRequest,
		isFork: pullRequest === void 0 ? void 0 : repositoryPage(env["BUILDKITE_PULL_REQUEST_REPO"]) !== repositoryPage(env["BUILDKITE_REPO"]),
		runId: env["BUILDKITE_BUILD_ID"],
		runUrl: env["BUILDKITE_BUILD_URL"],
		runAttempt: retries === void 0 ? void 0 : String(Number(retries) + 1)
	};
}
function eventOf$8(source) {
	switch (source) {
		case "webhook": return "push";
		case "schedule": return "schedule";
		case "ui":
		case "api": return "manual";
		default: return "unknown";
	}
}
// src/host/facts/circleci.ts
function circleciClaims(env) {
	const fromFork = env["CIRCLE_PR_NUMBER"];
	const [, associated] = /\/(\d+)$/.exec(env["CIRCLE_PULL_REQUEST"] ?? "") ?? [];
	return {
		event: fromFork === void 0 ? "push" : "pull-request",
		repositoryUrl: env["CIRCLE_REPOSITORY_URL"],
		commit: env["CIRCLE_SHA1"],
		branch: fromFork === void 0 ? env["CIRCLE_BRANCH"] : void 0,
		tag: env["CIRCLE_TAG"],
		pullRequest: fromFork ?? associated,
		isFork: fromFork === void 0 ? void 0 : true,
		runId: env["CIRCLE_WORKFLOW_WORKSPACE_ID"] ?? env["CIRCLE_WORKFLOW_ID"],
		runUrl: env["CIRCLE_BUILD_URL"],
		title: env["CIRCLE_PROJECT_REPONAME"]
	};
}
// src/host/facts/codefresh.ts
function codefreshClaims(env) {
	const pullRequest = env["CF_PULL_REQUEST_NUMBER"];
	const isTag = pullRequest === void 0 && env["CF_BASE_BRANCH"] !== void 0;
	return {
		event: pullRequest === void 0 ? eventOf$7(env["CF_BUILD_TRIGGER"]) : "pull-request",
		repositoryUrl: env["CF_COMMIT_URL"]?.replace(/(?:\/-)?\/commits?\/[\da-f]+\/?$/, ""),
		commit: env["CF_REVISION"],
		branch: env["CF_BRANCH"],
		baseBranch: pullRequest === void 0 ? env["CF_BASE_BRANCH"] : env["CF_PULL_REQUEST_TARGET"],
		tag: env["CF_RELEASE_TAG"] ?? (isTag ? env["CF_BRANCH"] : void 0),
		pullRequest,
		isFork: pullRequest === void 0 ? void 0 : truth(env["CF_PULL_REQUEST_IS_FORK"]),
		runId: env["CF_BUILD_ID"],
		runUrl: env["CF_BUILD_URL"],
		title: env["CF_REPO_NAME"]
	};
}
function eventOf$7(trigger) {
	if (trigger === "webhook") return "push";
	return trigger === "build" ? "manual" : "unknown";
}
// src/host/facts/drone.ts
function droneClaims(env) {
	const isPullRequest = env["DRONE_BUILD_EVENT"] === "pull_request";
	return {
		event: eventOf$6(env["DRONE_BUILD_EVENT"]),
		repositoryUrl: env["DRONE_REPO_LINK"] ?? env["DRONE_GIT_HTTP_URL"],
		commit: env["DRONE_COMMIT_SHA"] ?? env["DRONE_COMMIT"],
		branch: isPullRequest ? env["DRONE_SOURCE_BRANCH"] : env["DRONE_BRANCH"],
		baseBranch: isPullRequest ? env["DRONE_TARGET_BRANCH"] : void 0,
		defaultBranch: env["DRONE_REPO_BRANCH"],
		tag: env["DRONE_TAG"],
		pullRequest: isPullRequest ? env["DRONE_PULL_REQUEST"] : void 0,
		isPrivate: truth(env["DRONE_REPO_PRIVATE"]),
		runId: env["DRONE_BUILD_NUMBER"],
		runUrl: env["DRONE_BUILD_LINK"],
		title: env["DRONE_REPO_NAME"]
	};
}
function eventOf$6(event) {
	switch (event) {
		case "push":
		case "tag": return event;
		case "pull_request": return "pull-request";
		case "cron": return "schedule";
		case "promote":
		case "rollback":
		case "custom": return "manual";
		default: return "unknown";
	}
}
// src/host/facts/github.ts
function githubClaims(env, readFile) {
	const payload = readPayload(env["GITHUB_EVENT_PATH"], readFile);
	const name = env["GITHUB_EVENT_NAME"] ?? "";
	const ref = env["GITHUB_REF"] ?? "";
	const [, merged] = /^refs\/pull\/(\d+)\//.exec(ref) ?? [];
	const targeted = name === "pull_request_target" ? at(payload, "number") : void 0;
	const pullRequest = merged ?? (typeof targeted === "number" ? String(targeted) : void 0);
	const isPullRequest = pullRequest !== void 0;
	const head = at(payload, "pull_request", "head");
	const commit = commitOf(env, isPullRequest, head);
	const isAbout = commitId(commit) ?? "";
	const server = env["GITHUB_SERVER_URL"] || "https://github.com";
	const repository = env["GITHUB_REPOSITORY"];
	const page = whole(server, "/", repository);
	return {
		event: isPullRequest ? "pull-request" : eventOf$5(name),
		ref,
		branch: isPullRequest ? env["GITHUB_HEAD_REF"] : void 0,
		baseBranch: isPullRequest ? env["GITHUB_BASE_REF"] : baseOfTag(ref, payload),
		defaultBranch: text(payload, "repository", "default_branch") ?? runsOnDefault(name, ref),
		pullRequest,
		isFork: isPullRequest && payload !== void 0 ? isForeign(payload) : void 0,
		isPrivate: flag(payload, "repository", "private"),
		repositoryUrl: page,
		commit,
		commitTime: timeOf(payload, isAbout),
		runId: env["GITHUB_RUN_ID"],
		runUrl: whole(page, "/actions/runs/", env["GITHUB_RUN_ID"]),
		runAttempt: env["GITHUB_RUN_ATTEMPT"],
		gitContext: gitContext(env, repositoryPage(page), head),
		title: text(payload, "repository", "name") ?? repository?.split("/")[1],
		description: text(payload, "repository", "description"),
		license: text(payload, "repository", "license", "spdx_id")
	};
}
function eventOf$5(name) {
	switch (name) {
		case "push":
		case "create":
		case "release":
		case "merge_group":
		case "pull_request": return "push";
		case "schedule": return "schedule";
		case "workflow_dispatch":
		case "repository_dispatch": return "manual";
		default: return "unknown";
	}
}
function commitOf(env, isPullRequest, head) {
	return (isPullRequest && truth(env["DOCKER_METADATA_PR_HEAD_SHA"]) ? text(head, "sha") : void 0) ?? env["GITHUB_SHA"];
}
function gitContext(env, page, head) {
	const ref = env["GITHUB_REF"] ?? "";
	const wantsHead = ref.startsWith("refs/pull/") && truth(env["DOCKER_DEFAULT_GIT_CONTEXT_PR_HEAD_REF"]);
	const named = wantsHead ? ref.replace(/\/merge$/, "/head") : ref;
	return whole(page, ".git#", commitId(wantsHead ? text(head, "sha") : env["GITHUB_SHA"]) ?? (/^refs\/[\w./-]+$/.test(named) ? named : void 0));
}
function runsOnDefault(name, ref) {
	return /^(?:schedule|issues|issue_comment|discussion|discussion_comment)$/.test(name) ? cut(ref, "refs/heads/") : void 0;
}
function baseOfTag(ref, payload) {
	return ref.startsWith("refs/tags/") ? text(payload, "base_ref") : void 0;
}
function isForeign(payload) {
	const from = text(payload, "pull_request", "head", "repo", "full_name");
	return from === void 0 || from !== text(payload, "pull_request", "base", "repo", "full_name");
}
function timeOf(payload, commit) {
	const commits = at(payload, "commits");
	return [at(payload, "head_commit"), ...Array.isArray(commits) ? commits : []].filter((candidate) => text(candidate, "id") === commit).map((candidate) => text(candidate, "timestamp"))[0];
}
function readPayload(path, readFile) {
	if (path === void 0 || path === "") return void 0;
	try {
		return JSON.parse(readFile(path));
	} catch {
		return;
	}
}
function at(value, ...keys) {
	return keys.reduce((inner, key) => typeof inner === "object" && inner !== null ? inner[key] : void 0, value);
}
function text(value, ...keys) {
	const found = at(value, ...keys);
	return typeof found === "string" ? found : void 0;
}
function flag(value, ...keys) {
	const found = at(value, ...keys);
	return typeof found === "boolean" ? found : void 0;
}
// src/host/facts/gitlab.ts
function gitlabClaims(env) {
	const external = env["CI_EXTERNAL_PULL_REQUEST_IID"];
	const pullRequest = env["CI_MERGE_REQUEST_IID"] ?? external;
	const visibility = env["CI_PROJECT_VISIBILITY"];
	return {
		event: pullRequest === void 0 ? eventOf$4(env["CI_PIPELINE_SOURCE"]) : "pull-request",
		repositoryUrl: env["CI_PROJECT_URL"],
		commit: env["CI_COMMIT_SHA"],
		commitTime: env["CI_COMMIT_TIMESTAMP"],
		branch: pullRequest === void 0 ? env["CI_COMMIT_BRANCH"] : env["CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"] ?? env["CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME"],
		baseBranch: env["CI_MERGE_REQUEST_TARGET_BRANCH_NAME"] ?? env["CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME"],
		defaultBranch: env["CI_DEFAULT_BRANCH"],
		tag: env["CI_COMMIT_TAG"],
		pullRequest,
		isFork: pullRequest === void 0 ? void 0 : isFork(env),
		isPrivate: visibility === void 0 ? void 0 : visibility !== "public",
		runId: env["CI_PIPELINE_ID"],
		runUrl: env["CI_PIPELINE_URL"],
		title: env["CI_PROJECT_TITLE"],
		description: env["CI_PROJECT_DESCRIPTION"]
	};
}
function eventOf$4(source) {
	switch (source) {
		case "push":
		case "parent_pipeline": return "push";
		case "schedule": return "schedule";
		case "web":
		case "webide":
		case "api":
		case "trigger":
		case "chat": return "manual";
		default: return "unknown";
	}
}
function isFork(env) {
	const [source, target] = env["CI_MERGE_REQUEST_IID"] === void 0 ? [env["CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY"], env["CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY"]] : [env["CI_MERGE_REQUEST_SOURCE_PROJECT_ID"], env["CI_MERGE_REQUEST_PROJECT_ID"]];
	return source === void 0 || source !== target;
}
// src/host/facts/jenkins.ts
function jenkinsClaims(env) {
	const change = env["CHANGE_ID"];
	const branch = env["BRANCH_NAME"] ?? cut(env["GIT_BRANCH"], "origin/") ?? env["GIT_BRANCH"];
	return {
		event: change === void 0 ? eventOf$3(env) : "pull-request",
		repositoryUrl: env["GIT_URL"],
		commit: env["GIT_COMMIT"],
		branch: change === void 0 ? branch : env["CHANGE_BRANCH"],
		baseBranch: change === void 0 ? void 0 : env["CHANGE_TARGET"],
		defaultBranch: truth(env["BRANCH_IS_PRIMARY"]) ? branch : void 0,
		tag: env["TAG_NAME"] ?? cut(env["GIT_BRANCH"], "refs/tags/"),
		pullRequest: change,
		isFork: change === void 0 ? void 0 : Boolean(env["CHANGE_FORK"]),
		runId: env["BUILD_TAG"],
		runUrl: env["BUILD_URL"]
	};
}
function eventOf$3(env) {
	const causes = (env["BUILD_CAUSE"] ?? "").split(",");
	if (causes.includes("TIMERTRIGGER") || truth(env["BUILD_CAUSE_TIMERTRIGGER"])) return "schedule";
	if (causes.includes("MANUALTRIGGER") || truth(env["BUILD_CAUSE_MANUALTRIGGER"])) return "manual";
	if (causes.includes("SCMTRIGGER") || truth(env["BUILD_CAUSE_SCMTRIGGER"])) return "push";
	return "unknown";
}
// src/host/facts/teamcity.ts
function teamcityClaims(env, readFile) {
	const build = readProperties(env["TEAMCITY_BUILD_PROPERTIES_FILE"], readFile);
	const settings = readProperties(build.get("teamcity.configuration.properties.file"), readFile);
	const ofRoot = (property) => settings.get(`vcsroot.${property}`) ?? find(settings, new RegExp(`^vcsroot\\.[^.]+\\.${property}$`));
	const pullRequest = settings.get("teamcity.pullRequest.number");
	const id = build.get("teamcity.build.id") ?? settings.get("teamcity.build.id");
	const ref = find(settings, /^teamcity\.build\.vcs\.branch\./);
	const logical = settings.get("teamcity.build.branch");
	const branch = logical?.startsWith("<") ? void 0 : logical;
	return {
		event: pullRequest === void 0 ? eventOf$2(settings) : "pull-request",
		repositoryUrl: ofRoot("url"),
		commit: env["BUILD_VCS_NUMBER"] ?? build.get("build.vcs.number"),
		ref: ref ?? branch,
		branch: pullRequest === void 0 ? ref === void 0 ? branch : void 0 : sourceBranch(settings),
		baseBranch: pullRequest === void 0 ? void 0 : settings.get("teamcity.pullRequest.target.branch"),
		defaultBranch: ofRoot("branch"),
		tag: cut(branch, "refs/tags/"),
		pullRequest,
		isFork: pullRequest === void 0 ? void 0 : sourceBranch(settings) === void 0,
		runId: id,
		runUrl: env["BUILD_URL"] ?? whole(settings.get("teamcity.serverUrl"), "/viewLog.html?buildId=", id)
	};
}
function eventOf$2(settings) {
	if (settings.has("teamcity.build.triggeredBy.username")) return "manual";
	const cause = settings.get("teamcity.build.triggeredBy") ?? "";
	if (/schedule trigger/i.test(cause)) return "schedule";
	return /\bgit\b|vcs/i.test(cause) ? "push" : "unknown";
}
function sourceBranch(settings) {
	return settings.get("teamcity.pullRequest.source.branch") || void 0;
}
function find(properties, pattern) {
	const found = [...properties].filter(([name]) => pattern.test(name));
	return found.length === 1 ? found[0]?.[1] : void 0;
}
function readProperties(path, readFile) {
	if (path === void 0 || path === "") return /* @__PURE__ */ new Map();
	let text;
	try {
		text = readFile(path);
	} catch {
		return /* @__PURE__ */ new Map();
	}
	return new Map(text.split(/\r?\n/).flatMap((line) => {
		const [, name, value] = /^\s*((?:\\.|[^\\=:#!\s])(?:\\.|[^\\=:\s])*)\s*[=:]?\s*(.*)$/.exec(line) ?? [];
		return name === void 0 || value === void 0 ? [] : [[unescape(name), unescape(value)]];
	}));
}
const controls = {
	f: "\f",
	n: "\n",
	r: "\r",
	t: "	"
};
function unescape(text) {
	return text.replaceAll(/\\(?:u([\da-fA-F]{4})|(.))/g, (_, code, letter) => code === void 0 ? controls[letter ?? ""] ?? letter ?? "" : String.fromCharCode(Number.parseInt(code, 16)));
}
// src/host/facts/travis.ts
function travisClaims(env) {
	const number = env["TRAVIS_PULL_REQUEST"];
	const pullRequest = number === "false" ? void 0 : number;
	return {
		event: pullRequest === void 0 ? eventOf$1(env["TRAVIS_EVENT_TYPE"]) : "pull-request",
		commit: env["TRAVIS_COMMIT"],
		branch: pullRequest === void 0 ? env["TRAVIS_BRANCH"] : env["TRAVIS_PULL_REQUEST_BRANCH"],
		baseBranch: pullRequest === void 0 ? void 0 : env["TRAVIS_BRANCH"],
		tag: env["TRAVIS_TAG"],
		pullRequest,
		isFork: pullRequest === void 0 ? void 0 : env["TRAVIS_PULL_REQUEST_SLUG"] !== env["TRAVIS_REPO_SLUG"],
		runId: env["TRAVIS_BUILD_ID"],
		runUrl: env["TRAVIS_BUILD_WEB_URL"],
		title: env["TRAVIS_REPO_SLUG"]?.split("/")[1]
	};
}
function eventOf$1(type) {
	switch (type) {
		case "push": return "push";
		case "cron": return "schedule";
		case "api": return "manual";
		default: return "unknown";
	}
}
// src/host/facts/woodpecker.ts
function woodpeckerClaims(env) {
	const event = eventOf(env["CI_PIPELINE_EVENT"]);
	const isPullRequest = event === "pull-request";
	return {
		event,
		repositoryUrl: env["CI_REPO_URL"],
		commit: env["CI_COMMIT_SHA"],
		ref: env["CI_COMMIT_REF"],
		branch: isPullRequest ? env["CI_COMMIT_SOURCE_BRANCH"] : env["CI_COMMIT_BRANCH"],
		baseBranch: isPullRequest ? env["CI_COMMIT_TARGET_BRANCH"] : void 0,
		defaultBranch: env["CI_REPO_DEFAULT_BRANCH"],
		tag: env["CI_COMMIT_TAG"],
		pullRequest: isPullRequest ? env["CI_COMMIT_PULL_REQUEST"] : void 0,
		isPrivate: truth(env["CI_REPO_PRIVATE"]),
		runId: env["CI_PIPELINE_NUMBER"],
		runUrl: env["CI_PIPELINE_URL"],
		title: env["CI_REPO_NAME"]
	};
}
function eventOf(event = "") {
	if (event.startsWith("pull_request")) return "pull-request";
	switch (event) {
		case "push": return "push";
		case "tag":
		case "release": return "tag";
		case "cron": return "schedule";
		case "manual":
		case "deployment": return "manual";
		default: return "unknown";
	}
}
// src/host/facts.ts
const claimsOf = {
	github: githubClaims,
	gitlab: gitlabClaims,
	travis: travisClaims,
	circleci: circleciClaims,
	azure: azureClaims,
	buildkite: buildkiteClaims,
	woodpecker: woodpeckerClaims,
	drone: droneClaims,
	bitbucket: bitbucketClaims,
	appveyor: appveyorClaims,
	codefresh: codefreshClaims,
	teamcity: teamcityClaims,
	jenkins: jenkinsClaims
};
function readJobFacts(env, readFile) {
	const said = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
	const ci = detectCi(said);
	const facts = ci === void 0 ? {
		ci: "none",
		event: "unknown"
	} : checkClaims(ci, claimsOf[ci](said, readFile));
	const length = said["DOCKER_METADATA_SHORT_SHA_LENGTH"] ?? "";
	return /^[1-9]\d?$/.test(length) ? {
		...facts,
		shortCommitLength: Number(length)
	} : facts;
}
function completeFacts(facts, git) {
	const isSameCommit = git.commit !== void 0 && (facts.commit ?? git.commit) === git.commit;
	const saysRef = facts.event === "pull-request" || facts.tag !== void 0 || facts.branch !== void 0;
	return {
		...known({
			repositoryUrl: git.repositoryUrl,
			defaultBranch: git.defaultBranch,
			...isSameCommit ? {
				commit: git.commit,
				commitTime: git.commitTime
			} : {},
			...isSameCommit && !saysRef ? {
				branch: git.branch,
				tag: git.branch === void 0 ? release(git.tags) : void 0
			} : {}
		}),
		...facts
	};
}
function release(tags) {
	return tags.find((tag) => /^v?\d+\.\d+\.\d+$/.test(tag)) ?? tags[0];
}
export { readJobFacts as n, readGitFacts as r, completeFacts as t };
