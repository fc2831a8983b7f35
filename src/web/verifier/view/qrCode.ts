import { encode } from "uqr";

const SVG = "http://www.w3.org/2000/svg";

/** A QR code (ISO/IEC 18004) of a text, as a drawing that needs no image. */
export function qrCode(text: string, title: string): SVGSVGElement {
  const { data, size } = encode(text, { border: 2 });
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", `0 0 ${size} ${size}`);
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", title);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", squares.join(""));
  drawing.append(path);
  return drawing;
}
