/** Mail messages: RFC 5322/MIME files (.eml) and Outlook's compound files (.msg). */

import MsgReaderModule, { type FieldsData } from "@kenjiuno/msgreader";
import { problem, type Warning } from "@knowhere/contract";
import PostalMime, { type Address } from "postal-mime";
import type { Reader } from "../reader.ts";
import { hasSoundStreams } from "../sniff/cfb.ts";
import { decodeText } from "../sniff/charset.ts";
import type { Attachment } from "./attachments.ts";
import { decompressRtf, htmlOfRtf } from "./compressed-rtf.ts";
import { type Message, messageToResult } from "./message.ts";

/** Parts inside parts of one MIME message. */
const maxMimeDepth = 50;

export const emailReader: Reader = {
  format: "email",
  async read(source, context) {
    context.progress(1, 0);
    const bytes = await source.bytes();
    let parsed: Awaited<ReturnType<typeof PostalMime.parse>>;
    try {
      // A message in a message stays an attachment and is read as one.
      parsed = await PostalMime.parse(bytes, {
        maxNestingDepth: maxMimeDepth,
        attachmentEncoding: "arraybuffer",
        forceRfc822Attachments: true,
      });
    } catch (cause) {
      throw problem(
        "PARSING_FAILED",
        { message: "Unable to parse document: it is not a readable mail message." },
        { cause },
      );
    }
    const attachments = parsed.attachments.map(
      (part, index): Attachment => ({
        name: part.filename || `attachment-${index + 1}${part.mimeType === "message/rfc822" ? ".eml" : ""}`,
        mediaType: part.mimeType,
        bytes: typeof part.content === "string" ? Buffer.from(part.content, "base64") : new Uint8Array(part.content),
        contentId: part.contentId?.replace(/^<|>$/g, ""),
      }),
    );
    const message: Message = {
      subject: parsed.subject?.trim(),
      from: parsed.from && nameAddress(parsed.from),
      to: nameAddresses(parsed.to),
      cc: nameAddresses(parsed.cc),
      bcc: nameAddresses(parsed.bcc),
      replyTo: nameAddresses(parsed.replyTo),
      date: parsed.date,
      messageId: parsed.messageId,
      html: parsed.html,
      text: parsed.text,
      attachments,
      warnings: [],
    };
    refuseEmpty(message);
    return messageToResult("email", message, source, context);
  },
};

function nameAddresses(addresses: Address[] | undefined): string | undefined {
  return addresses && addresses.length > 0 ? addresses.map(nameAddress).join(", ") : undefined;
}

function nameAddress(address: Address): string {
  if (address.group) return `${address.name}: ${address.group.map(nameAddress).join(", ")}`;
  return address.name && address.name !== address.address
    ? `${address.name} <${address.address ?? ""}>`
    : (address.address ?? "");
}

/** The class is the default export of a CommonJS module, one level deeper than types say. */
const MsgReader = ((MsgReaderModule as unknown as { default?: unknown }).default ??
  MsgReaderModule) as typeof MsgReaderModule;

export const msgReader: Reader = {
  format: "msg",
  async read(source, context) {
    context.progress(1, 0);
    const bytes = await source.bytes();
    const message = readOutlook(bytes);
    refuseEmpty(message);
    return messageToResult("msg", message, source, context);
  },
};

function readOutlook(bytes: Uint8Array): Message {
  try {
    if (!hasSoundStreams(bytes)) throw new Error("streams claim more than the file has");
    const reader = new MsgReader(bytes.slice().buffer as ArrayBuffer);
    const fields = reader.getFileData();
    if (fields.error) throw new Error(fields.error);
    const attachments = (fields.attachments ?? []).flatMap((entry): Attachment[] => {
      const { fileName, content } = reader.getAttachment(entry);
      if (!content || content.length === 0) return [];
      return [
        {
          name: fileName || "attachment",
          mediaType: entry.attachMimeTag ?? "application/octet-stream",
          bytes: content,
          contentId: entry.pidContentId,
        },
      ];
    });
    const rtf = fields.compressedRtf && decompressRtf(Uint8Array.from(fields.compressedRtf));
    const html = fields.bodyHtml ?? (fields.html ? decodeText(fields.html).text : undefined) ?? (rtf && htmlOfRtf(rtf));
    const warnings: Warning[] = [];
    if (!html && !fields.body && fields.compressedRtf && !rtf)
      warnings.push({ code: "BODY_NOT_READ", message: "The body of the message is damaged and was not read." });
    return {
      subject: fields.subject?.trim(),
      from: nameParty(fields.senderName, fields.senderSmtpAddress ?? fields.senderEmail),
      to: recipients(fields, "to"),
      cc: recipients(fields, "cc"),
      bcc: recipients(fields, "bcc"),
      date: isoDate(fields.messageDeliveryTime ?? fields.clientSubmitTime),
      messageId: fields.messageId,
      html,
      text: fields.body,
      rtf,
      attachments,
      warnings,
    };
  } catch (cause) {
    throw problem(
      "PARSING_FAILED",
      { message: "Unable to parse document: it is not a readable Outlook message." },
      { cause },
    );
  }
}

function recipients(fields: FieldsData, kind: "to" | "cc" | "bcc"): string | undefined {
  const named = (fields.recipients ?? [])
    .filter((person) => (person.recipType ?? "to") === kind)
    .map((person) => nameParty(person.name, person.smtpAddress ?? person.email));
  return named.filter(Boolean).join(", ") || undefined;
}

/** Exchange's internal addresses ("/O=ORG/…") say nothing to a reader. */
function nameParty(name: string | undefined, address: string | undefined): string | undefined {
  const known = address && !address.startsWith("/") ? address : undefined;
  if (name && known && name !== known) return `${name} <${known}>`;
  return name || known;
}

function isoDate(value: string | undefined): string | undefined {
  const time = value ? Date.parse(value) : Number.NaN;
  return Number.isFinite(time) ? new Date(time).toISOString() : value;
}

function refuseEmpty(message: Message): void {
  const hasBody = /\S/.test(message.text ?? "") || /\S/.test(message.html ?? "") || message.rtf !== undefined;
  if (!hasBody && !message.subject && !message.from && message.attachments.length === 0) {
    throw problem("EMPTY_DOCUMENT", {
      message: "The message has no headers, no body and no attachments: there is nothing to parse.",
    });
  }
}
