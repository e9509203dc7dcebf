/** The alternative text of a picture, as far as a person wrote it. */

/** Programs fill the description with the file name they took the picture from, or with a remark about themselves. */
const fileName = /^(?:fig:\s*)?\S*\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|webp|heic)$/i;
const generated =
  /(?:description automatically generated|automatisch generiert\w* beschreibung|ai-generated content may be incorrect)\.?$/i;

/** The first description that says something; "" when there is none. */
export function altOf(...descriptions: (string | undefined)[]): string {
  for (const description of descriptions) {
    const text = (description ?? "").replace(/\s+/g, " ").trim().replace(generated, "").trim();
    if (text !== "" && !fileName.test(text)) return text;
  }
  return "";
}
