/** The files that others start us with: no engine is here to run them, but what they name must exist. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { describeSettings } from "../server/src/config.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (name: string) => readFileSync(`${root}/${name}`, "utf8");
const known = new Set(describeSettings({}).map(({ name }) => name as string));
const settingsIn = (text: string) => [...new Set(text.match(/\bKNOWHERE_[A-Z0-9_]+\b/g))];

describe("the deployment files", () => {
  it.each(["compose.yaml", "examples/kubernetes.yaml", "Dockerfile"])("%s names settings that there are", (name) => {
    expect(settingsIn(read(name)).filter((setting) => !known.has(setting))).toEqual([]);
  });

  it("compose two API and three worker processes with everything that they depend on", () => {
    const { services, volumes } = parse(read("compose.yaml"), { merge: true });
    expect(services.api).toMatchObject({ build: ".", deploy: { replicas: 2 }, environment: { KNOWHERE_ROLE: "api" } });
    expect(services.worker).toMatchObject({ deploy: { replicas: 3 }, environment: { KNOWHERE_ROLE: "worker" } });
    // biome-ignore lint/suspicious/noExplicitAny: a compose file has no type of its own here.
    for (const { depends_on = {}, volumes: mounts = [] } of Object.values<Record<string, any>>(services)) {
      for (const name of Array.isArray(depends_on) ? depends_on : Object.keys(depends_on))
        expect(services).toHaveProperty(name);
      for (const mount of mounts) expect(volumes).toHaveProperty(mount.split(":")[0]);
    }
  });

  it("describe Kubernetes objects whose references meet", () => {
    const documents = parseAllDocuments(read("examples/kubernetes.yaml"));
    expect(documents.flatMap((document) => document.errors)).toEqual([]);
    const objects = documents.map((document) => document.toJS());
    const named = (kind: string) => objects.filter((one) => one.kind === kind).map((one) => one.metadata.name);
    const deployments = objects.filter((one) => one.kind === "Deployment");
    for (const { spec } of deployments) {
      const { labels } = spec.template.metadata;
      expect(labels).toMatchObject(spec.selector.matchLabels);
      const [{ envFrom, env }] = spec.template.spec.containers;
      expect(named("ConfigMap")).toContain(envFrom[0].configMapRef.name);
      expect(env).toContainEqual({ name: "KNOWHERE_ROLE", value: labels.role });
    }
    const scaled = objects.find((one) => one.kind === "ScaledObject");
    expect(named("Deployment")).toContain(scaled.spec.scaleTargetRef.name);
    const service = objects.find((one) => one.kind === "Service");
    expect(deployments.map((one) => one.spec.template.metadata.labels)).toContainEqual(service.spec.selector);
  });

  it("build an image from files that there are, every workspace among them", () => {
    const lines = read("Dockerfile").split("\n");
    const copies = lines.filter((line) => line.startsWith("COPY ")).map((line) => line.split(/\s+/).slice(1));
    const fromContext = copies.filter(([first]) => !first!.startsWith("--")).flatMap((names) => names.slice(0, -1));
    expect(fromContext.filter((name) => !existsSync(`${root}/${name}`))).toEqual([]);
    for (const workspace of JSON.parse(read("package.json")).workspaces)
      expect(fromContext).toContain(`${workspace}/package.json`);
    const stages = lines.map((line) => /^FROM .* AS (\w+)$/.exec(line)?.[1]);
    for (const [first] of copies) if (first!.startsWith("--from=")) expect(stages).toContain(first!.slice(7));
    // What the last stage takes is there after a build, node_modules and dist apart.
    const fromBuild = copies
      .filter(([first]) => first === "--from=build")
      .map((names) => names[1]!.replace("/app/", ""));
    const made = fromBuild.filter((name) => !/node_modules|\/dist$/.test(name));
    expect(made.filter((name) => !existsSync(`${root}/${name}`))).toEqual([]);
    expect(read(".dockerignore")).not.toMatch(/^(server|contract|sdk|bench|scripts)\/?$/m);
  });
});
