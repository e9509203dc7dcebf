/** The command line: one file a command. Answers go to standard output, everything else to standard error. */
import { Command, Option } from "commander";
import { version } from "../version.ts";
import { printConfig } from "./config.ts";
import { runDoctor } from "./doctor.ts";
import { createKey, listKeys, revokeKey } from "./keys.ts";
import { addRecognitionLanguages, listRecognitionLanguages, removeRecognitionLanguage } from "./languages.ts";
import { migrate } from "./migrate.ts";
import { parseFile } from "./parse.ts";
import { serve } from "./serve.ts";

/** Builds the program; `parseAsync` runs it. Commands throw, `main.ts` turns that into an exit status. */
export function createProgram(): Command {
  const program = new Command("knowhere")
    .description("Self-hosted asynchronous document-parsing API")
    .version(version)
    .showHelpAfterError();

  program
    .command("serve")
    .description("start the server (what `npm start` does)")
    .action(() => serve());
  program
    .command("worker")
    .description("start a process that only parses (KNOWHERE_ROLE=worker)")
    .action(() => serve("worker"));

  program
    .command("parse")
    .description("parse one file without a server")
    .argument("<file>", "the document")
    .option("-o, --output <dir>", "write every member of the result package into this folder")
    .addOption(new Option("--md", "print Markdown (the default)").conflicts("json"))
    .option("--json", "print the document tree as JSON")
    .option("--pages <ranges>", 'only these pages, e.g. "1-5,8"')
    .option("--password <password>", "of an encrypted document")
    .option("--ocr", "recognise text on pages that have none")
    .option("--ocr-languages <codes>", "comma-separated, e.g. eng,deu")
    .option("--furniture", "keep running headers and footers in the Markdown")
    .option("--hidden-text", "keep text that a reader of the page would not see")
    .option("--whole-page", "web pages: keep navigation and the like")
    .action(parseFile);

  const keys = program.command("keys").description("make, list and revoke API keys");
  keys
    .command("create")
    .description("make a key; it is printed alone on the last line, once")
    .option("--account <name>", "account that the key belongs to", "default")
    .option("--name <name>", "what the key is for")
    .addOption(new Option("--scope <scope...>", "what the key may do").choices(["read", "write", "admin"]))
    .option("--rate <n>", "requests per minute; 0 = unlimited")
    .option("--expires <date>", "ISO date")
    .action(createKey);
  keys
    .command("list")
    .description("list keys, masked")
    .option("--account <name>", "only this account")
    .action(listKeys);
  keys
    .command("revoke")
    .description("revoke a key for good")
    .argument("<id>", "its id from the list")
    .action(revokeKey);

  const languages = program.command("languages").description("list, add and remove languages of text recognition");
  languages.command("list").description("list the languages there are").action(listRecognitionLanguages);
  languages
    .command("add")
    .description("fetch the data of languages from the npm registry into the data directory")
    .argument("<codes...>", "Tesseract's codes, e.g. deu fra chi_sim")
    .action(addRecognitionLanguages);
  languages
    .command("remove")
    .description("remove the data of an added language")
    .argument("<code>", "its code")
    .action(removeRecognitionLanguage);

  program.command("migrate").description("bring the database's schema up to date").action(migrate);
  program.command("doctor").description("say what is installed, what is missing and how to get it").action(runDoctor);
  program.command("config").description("list every setting, its value and its default").action(printConfig);
  return program;
}
