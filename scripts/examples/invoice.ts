const items = [
  { name: "Wardrobe, solid oak, two doors, 200 x 120 x 60 cm", quantity: 1, price: 18_600 },
  { name: "Bed frame, solid oak, 180 x 200 cm", quantity: 1, price: 12_800 },
  { name: "Chest of drawers, solid oak, six drawers", quantity: 1, price: 5_400 },
  { name: "Bedside table, solid oak", quantity: 2, price: 1_600 },
] as const;

const grouped = (amount: number) => `${amount.toString().replace(/\B(?=(\d{3})+$)/g, ",")}.00`;
const total = items.reduce((sum, { quantity, price }) => sum + quantity * price, 0);

type Text = {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly bold?: boolean;
  readonly text: string;
};

const texts: readonly Text[] = [
  { x: 56, y: 770, size: 22, bold: true, text: "INVOICE" },
  { x: 56, y: 746, size: 10, text: "No. 2026-000417     Date 2026-03-02     Order F-20260302-117" },
  { x: 56, y: 706, size: 11, bold: true, text: "Seller" },
  { x: 56, y: 690, size: 10, text: "Example Oak Furniture Co., Ltd. (a company that does not exist)" },
  { x: 56, y: 676, size: 10, text: "1 Example Road, Sampletown" },
  { x: 56, y: 650, size: 11, bold: true, text: "Buyer" },
  { x: 56, y: 634, size: 10, text: "The buyer of order F-20260302-117" },
  { x: 56, y: 596, size: 10, bold: true, text: "Item" },
  { x: 362, y: 596, size: 10, bold: true, text: "Qty" },
  { x: 408, y: 596, size: 10, bold: true, text: "Price CNY" },
  { x: 482, y: 596, size: 10, bold: true, text: "Amount CNY" },
  ...items.flatMap(({ name, quantity, price }, index) => {
    const y = 572 - index * 20;
    return [
      { x: 56, y, size: 10, text: name },
      { x: 366, y, size: 10, text: String(quantity) },
      { x: 408, y, size: 10, text: grouped(price) },
      { x: 482, y, size: 10, text: grouped(quantity * price) },
    ];
  }),
  { x: 362, y: 480, size: 12, bold: true, text: "Total" },
  { x: 478, y: 480, size: 12, bold: true, text: grouped(total) },
  {
    x: 56,
    y: 430,
    size: 10,
    text: "Delivery to the door and assembly included. Payment held in escrow until the goods are accepted.",
  },
  { x: 56, y: 416, size: 10, text: "Warranty: 36 months on cracks, warping and hinges from the day of delivery." },
  { x: 56, y: 60, size: 8, text: "Sample document for demonstrations. Every name and number in it is invented." },
];

/** A one-page invoice of furniture for 40,000 as PDF 1.4, written by hand: five objects and a table of where they begin. */
export function invoice(): Uint8Array {
  if (total !== 40_000) throw new Error(`The items add up to ${total}`);
  const drawing = [
    "0.7 w",
    ...[588, 500].map((y) => `56 ${y} m 548 ${y} l S`),
    ...texts.map(
      ({ x, y, size, bold, text }) =>
        `BT /${bold === true ? "B" : "R"} ${size} Tf ${x} ${y} Td (${escaped(text)}) Tj ET`,
    ),
  ].join("\n");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /R 5 0 R /B 6 0 R >> >> >>",
    `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    "<< /Title (Invoice 2026-000417) /CreationDate (D:20260302101500+08'00') >>",
  ];
  let file = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  file += offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 7 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(file, "ascii");
}

function escaped(text: string): string {
  return text.replace(/[\\()]/g, "\\$&");
}
