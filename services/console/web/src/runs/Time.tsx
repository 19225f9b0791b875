import { useTranslation } from "react-i18next";
import { exact, relative } from "./times";

type Props = { readonly at: string; readonly now: number; readonly isExact?: boolean };

/** A time as people say it, the exact one on hover; or the other way round. */
export function Time({ at, now, isExact = false }: Props) {
  const { i18n } = useTranslation();
  const [said, title] = [relative(at, now, i18n.language), exact(at, i18n.language)];
  return (
    <time dateTime={at} title={isExact ? said : title}>
      {isExact ? title.slice(0, 19) : said}
    </time>
  );
}
