export default function Run(_: { readonly run: string }) {
  return null;
}
