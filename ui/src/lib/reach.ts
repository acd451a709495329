/** Ways to reach somebody, as addresses that other programs open. */

/** `030 23125-042` as an address: digits and a leading plus. */
export function telephone(number: string): string {
  return `tel:${number.replace(/(?!^\+)\D/g, "")}`;
}
