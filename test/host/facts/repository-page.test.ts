import { describe, expect, it } from "vitest";
import { repositoryPage } from "../../../src/host/facts/repository-page.ts";

describe("repositoryPage", () => {
  it.each([
    { remote: "https://github.com/octocat/hello.git", page: "https://github.com/octocat/hello" },
    { remote: "https://github.com/octocat/hello/", page: "https://github.com/octocat/hello" },
    { remote: "https://user:token@github.com/octocat/hello", page: "https://github.com/octocat/hello" },
    { remote: "https://gitlab-ci-token:x@host:8443/a/b/c.git", page: "https://host:8443/a/b/c" },
    { remote: "http://gitea.lan:3000/a/b.git", page: "http://gitea.lan:3000/a/b" },
    { remote: "git@github.com:octocat/hello.git", page: "https://github.com/octocat/hello" },
    { remote: "github.com:octocat/hello", page: "https://github.com/octocat/hello" },
    { remote: "git@host:/srv/hello.git", page: "https://host/srv/hello" },
    { remote: "ssh://git@host:2222/a/b.git", page: "https://host/a/b" },
    { remote: "git+ssh://git@host/a/b", page: "https://host/a/b" },
    { remote: "git://host/a/b.git", page: "https://host/a/b" },
    {
      remote: "https://dev.azure.com/o/My%20Project/_git/r",
      page: "https://dev.azure.com/o/My%20Project/_git/r",
    },
    { remote: "https://host/a/b.git?token=x#y", page: "https://host/a/b" },
  ])("$remote", ({ page, remote }) => {
    expect(repositoryPage(remote)).toBe(page);
    expect(repositoryPage(page)).toBe(page);
  });

  it.each([
    undefined,
    "",
    "/srv/git/hello.git",
    "../hello",
    "C:\\git\\hello",
    "C:/git/hello",
    "file:///srv/git/hello.git",
    "https://github.com",
    "https://github.com/",
    "https://git hub.com/a",
    "git@host:a\nb",
    "ext::sh -c id",
    "javascript:alert(1)",
    "gh:octocat/hello",
    "https://",
    "ssh://git@host/",
  ])("%j has none", (remote) => {
    expect(repositoryPage(remote)).toBeUndefined();
  });
});
