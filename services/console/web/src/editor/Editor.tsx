export default function Editor(_: { readonly flow: string }) {
  return null;
}
