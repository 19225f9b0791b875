export function Visitor(_: { readonly visitor: string }) {
  return null;
}
