import { describe, expect, it } from "vitest";
import { ConfigError, describeSettings, readConfig, settings } from "./config.ts";

describe("settings", () => {
  it("has a working default for every setting", () => {
    const config = readConfig({}, {});
    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 5005,
      role: "all",
      maxSourceBytes: 100 * 1024 * 1024,
      s3: undefined,
      llm: undefined,
    });
    expect(config.workers).toBeGreaterThanOrEqual(1);
  });

  it("names every mistake at once, unknown settings too", () => {
    const read = () =>
      readConfig(
        {},
        {
          KNOWHERE_PORT: "70000",
          KNOWHERE_ROLE: "boss",
          KNOWHERE_PROT: "1",
          KNOWHERE_ALLOW_PRIVATE_NETWORKS: "10.0.0.0",
        },
      );
    expect(read).toThrow(ConfigError);
    for (const name of ["KNOWHERE_PORT", "KNOWHERE_ROLE", "KNOWHERE_PROT", "KNOWHERE_ALLOW_PRIVATE_NETWORKS"])
      expect(read).toThrow(name);
  });

  it("treats an empty variable as unset", () => {
    expect(readConfig({}, { KNOWHERE_PORT: "", KNOWHERE_PUBLIC_URL: "" })).toMatchObject({
      port: 5005,
      publicUrl: undefined,
    });
  });

  it("refuses a role that cannot share the embedded database", () => {
    expect(() => readConfig({}, { KNOWHERE_ROLE: "worker" })).toThrow("KNOWHERE_DATABASE_URL");
    expect(readConfig({}, { KNOWHERE_ROLE: "worker", KNOWHERE_DATABASE_URL: "postgres://db/knowhere" }).role).toBe(
      "worker",
    );
  });

  it("reads networks and drops the slash at the end of URLs", () => {
    const config = readConfig(
      {},
      { KNOWHERE_ALLOW_PRIVATE_NETWORKS: "127.0.0.0/8, fd00::/8", KNOWHERE_PUBLIC_URL: "https://parse.example/" },
    );
    expect(config.allowPrivateNetworks).toEqual(["127.0.0.0/8", "fd00::/8"]);
    expect(config.publicUrl).toBe("https://parse.example");
  });

  it("prints secrets as stars", () => {
    const rows = describeSettings({ KNOWHERE_API_KEY: "sk_live_very_secret", KNOWHERE_PORT: "8080" });
    expect(JSON.stringify(rows)).not.toContain("very_secret");
    expect(rows.find((row) => row.name === "KNOWHERE_PORT")?.value).toBe("8080");
    expect(rows).toHaveLength(Object.keys(settings).length);
  });
});
