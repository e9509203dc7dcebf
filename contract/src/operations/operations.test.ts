import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { generateFiles } from "../../scripts/files.ts";
import { CreateJobRequest, ParsingParams } from "./create-request.ts";
import { buildOpenApi, ErrorAnswer, type Operation, operations, publishSchemas } from "./index.ts";

interface ErrorResponse {
  content: { "application/json": { examples: Record<string, { value: unknown }> } };
}
const all: Operation[] = Object.values(operations);

describe("the list of operations", () => {
  it("is what the committed files in contract/generated say (else: npm run generate)", () => {
    for (const [name, text] of Object.entries(generateFiles())) {
      expect(readFileSync(new URL(`../../generated/${name}`, import.meta.url), "utf8"), name).toBe(text);
    }
  });

  it("names each operation once, under its own id", () => {
    expect(all.map(({ id }) => id)).toEqual(Object.keys(operations));
    const routes = all.flatMap(({ method, path, aliases = [], versioned }) =>
      [path, ...aliases].map((each) => `${method} ${versioned ? "/v1" : ""}${each}`),
    );
    expect(new Set(routes).size).toBe(routes.length);
  });

  it("describes every parameter of every path", () => {
    for (const { path, params, id } of all) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(params?.shape ?? {}), id).toEqual(inPath);
    }
  });

  it("gives only examples that keep to their schemas, without undocumented fields", () => {
    for (const { responses, id } of all) {
      for (const { schema, examples = {} } of Object.values(responses)) {
        for (const [name, example] of Object.entries(examples))
          if (schema) expect(schema.parse(example), `${id} ${name}`).toEqual(example);
      }
    }
  });

  it("has an example of every body that is sent and of every answer but ranges and pictures", () => {
    for (const { id, body, responses } of all) {
      if (body) expect(Object.keys(body.examples ?? {}), id).not.toEqual([]);
      for (const [status, { mediaType = "application/json", examples = {} }] of Object.entries(responses)) {
        if (mediaType !== "" && status !== "206" && !mediaType.startsWith("image/"))
          expect(Object.keys(examples), `${id} ${status}`).not.toEqual([]);
      }
    }
  });

  it("has examples of error answers that keep to the envelope", () => {
    const { paths } = buildOpenApi(operations, { version: "0" }) as unknown as {
      paths: Record<string, Record<string, { responses: Record<string, ErrorResponse> }>>;
    };
    const errors = Object.values(paths)
      .flatMap((item) => Object.values(item))
      .flatMap((operation) => Object.entries(operation.responses))
      .filter(([status]) => Number(status) >= 400)
      .flatMap(([, answer]) => Object.values(answer.content["application/json"].examples));
    expect(errors.length).toBeGreaterThan(50);
    for (const { value } of errors) expect(ErrorAnswer.parse(value)).toEqual(value);
  });

  it("resolves every reference of the OpenAPI file", () => {
    const openApi = buildOpenApi(operations, { version: "0" });
    const known = new Set(Object.keys(openApi.components.schemas).map((name) => `"#/components/schemas/${name}"`));
    for (const [, target] of JSON.stringify(openApi).matchAll(/"\$ref":("[^"]+")/g)) expect(known).toContain(target);
  });
});

describe("published schemas", () => {
  it("compile on their own and hold for the examples", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const schemas = publishSchemas();
    const check = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, ajv.compile(schema)]));
    for (const example of Object.values(operations.getJob.responses[200].examples)) {
      expect(check["job.json"]!(example)).toBe(true);
    }
    expect(
      check["job.json"]!({
        ...operations.getJob.responses[200].examples.done,
        result_checksum: { algorithm: "md5", value: "0" },
      }),
    ).toBe(false);
    expect(check["create-job.json"]!(operations.createJob.body.examples.url)).toBe(true);
  });
});

describe("the create request", () => {
  it("fills in every default and ignores what it does not know", () => {
    const request = CreateJobRequest.parse({
      source_type: "url",
      source_url: "https://example.com/a.pdf",
      colour: "blue",
    });
    expect(request).not.toHaveProperty("colour");
    expect(request.data_id).toBeNull();
    expect(request.parsing_params).toEqual(ParsingParams.parse({}));
    expect(request.parsing_params).toMatchObject({
      model: "base",
      ocr_enabled: false,
      doc_type: "auto",
      smart_title_parse: true,
      kb_dir: "Default_Root",
      hidden_text: "drop",
    });
  });

  it("takes null for every optional field as if it were not sent", () => {
    const nulls = Object.fromEntries(Object.keys(ParsingParams.shape).map((name) => [name, null]));
    expect(ParsingParams.parse(nulls)).toEqual({ ...ParsingParams.parse({}), chunking: null });
    const request = CreateJobRequest.parse({
      source_type: "file",
      file_name: "a.pdf",
      data_id: null,
      parsing_params: null,
      webhook: null,
      namespace: null,
      document_id: null,
      document_metadata: null,
    });
    expect(request).toMatchObject({ data_id: null, parsing_params: { model: "base" } });
  });

  it("requires nothing but source_type of its schema", () => {
    expect(publishSchemas()["create-job.json"]).toMatchObject({
      $defs: { CreateJobRequest: { required: ["source_type"] } },
    });
  });

  it.each(["", "a b", "ä", "x".repeat(129), "a/b"])("refuses the data_id %j", (data_id) => {
    expect(CreateJobRequest.safeParse({ source_type: "url", data_id }).success).toBe(false);
  });

  it.each([
    ["1-5,8", true],
    ["3-", true],
    [" 1 , 2 - 4 ", true],
    ["0", false],
    ["5-2", false],
    ["1,,2", false],
    ["-3", false],
    ["one", false],
  ])("reads the page list %j: %s", (pages, ok) => {
    expect(ParsingParams.safeParse({ pages }).success).toBe(ok);
  });
});
