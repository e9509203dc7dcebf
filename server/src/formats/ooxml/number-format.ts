/** Number formats of lists and notes (ST_NumberFormat); what is not listed prints decimal. */

const romans: readonly (readonly [number, string])[] = [
  [1000, "m"],
  [900, "cm"],
  [500, "d"],
  [400, "cd"],
  [100, "c"],
  [90, "xc"],
  [50, "l"],
  [40, "xl"],
  [10, "x"],
  [9, "ix"],
  [5, "v"],
  [4, "iv"],
  [1, "i"],
];
/** Past this a Roman numeral is a wall of letters and a repeated letter a flood. */
const maxSpelled = 3_999;

function romanOf(value: number): string {
  let rest = value;
  let out = "";
  for (const [size, letters] of romans) {
    while (rest >= size) {
      out += letters;
      rest -= size;
    }
  }
  return out;
}

/** a … z, aa, bb, … as Word counts letters. */
const letterOf = (value: number): string =>
  String.fromCharCode(97 + ((value - 1) % 26)).repeat(Math.floor((value - 1) / 26) + 1);

/** Prints `value` in the named format. */
export function formatNumber(value: number, format: string): string {
  const isSpelled = value >= 1 && value <= maxSpelled;
  switch (format) {
    case "none":
      return "";
    case "lowerRoman":
      return isSpelled ? romanOf(value) : String(value);
    case "upperRoman":
      return isSpelled ? romanOf(value).toUpperCase() : String(value);
    case "lowerLetter":
      return isSpelled ? letterOf(value) : String(value);
    case "upperLetter":
      return isSpelled ? letterOf(value).toUpperCase() : String(value);
    case "decimalZero":
      return value >= 0 && value < 10 ? `0${value}` : String(value);
    case "ordinal":
      return `${value}.`;
    case "decimalEnclosedCircle":
    case "decimalEnclosedCircleChinese":
      return value >= 1 && value <= 20 ? String.fromCodePoint(0x2460 + value - 1) : String(value);
    case "decimalFullWidth":
      return String(value).replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
    case "chineseCounting":
    case "chineseCountingThousand":
    case "japaneseCounting":
    case "taiwaneseCounting":
    case "taiwaneseCountingThousand":
    case "ideographDigital":
      return chineseOf(value);
    case "koreanDigital":
    case "ganada":
      return value >= 1 && value <= 14 ? "가나다라마바사아자차카타파하"[value - 1]! : String(value);
    case "russianLower":
      return value >= 1 && value <= 28 ? "абвгдежзиклмнопрстуфхцчшщыэюя"[value - 1]! : String(value);
    case "russianUpper":
      return formatNumber(value, "russianLower").toUpperCase();
    default:
      return String(value);
  }
}

/** Counting numerals up to 99; the usual range of chapters. */
function chineseOf(value: number): string {
  const digits = "〇一二三四五六七八九";
  if (value < 1 || value > 99) return String(value);
  const tens = Math.floor(value / 10);
  const ones = value % 10;
  return `${tens === 0 ? "" : tens === 1 ? "十" : `${digits[tens]}十`}${ones === 0 ? "" : digits[ones]}`;
}
