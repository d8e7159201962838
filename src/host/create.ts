import { type Ci, detectCi } from "./detect.ts";
import type { Host, HostWorld } from "./host.ts";
import { createPlainHost } from "./plain.ts";

type CreateHost = (world: HostWorld) => Host;

const hosts: Readonly<Record<Ci, () => Promise<CreateHost>>> = {
  github: async () => (await import("./github.ts")).createGithubHost,
  gitlab: async () => (await import("./gitlab.ts")).createGitlabHost,
  travis: async () => (await import("./travis.ts")).createTravisHost,
  circleci: async () => (await import("./circleci.ts")).createCircleciHost,
  azure: async () => (await import("./azure.ts")).createAzureHost,
  buildkite: async () => (await import("./buildkite.ts")).createBuildkiteHost,
  woodpecker: async () => (await import("./woodpecker.ts")).createWoodpeckerHost,
  drone: async () => (await import("./drone.ts")).createDroneHost,
  bitbucket: async () => (await import("./bitbucket.ts")).createBitbucketHost,
  appveyor: async () => (await import("./appveyor.ts")).createAppveyorHost,
  codefresh: async () => (await import("./codefresh.ts")).createCodefreshHost,
  teamcity: async () => (await import("./teamcity.ts")).createTeamcityHost,
  jenkins: async () => (await import("./jenkins.ts")).createJenkinsHost,
};

/** The host that the environment describes; the code of the others is not loaded. */
export async function createHost(world: HostWorld): Promise<Host> {
  const ci = detectCi(world.env);
  return ci === undefined ? createPlainHost(world) : (await hosts[ci]())(world);
}
