import { useMutation } from "@tanstack/react-query";
import { type Language, read } from "./text";

/** Reads scenarios that somebody wrote as text. */
export function useRead() {
  return useMutation({
    mutationFn: ({ text, language }: { readonly text: string; readonly language: Language }) => read(text, language),
  });
}
