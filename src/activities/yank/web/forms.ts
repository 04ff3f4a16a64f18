import { parse, type DefaultTreeAdapterTypes } from 'parse5';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** A form as a person sends it who has ticked every box. */
export interface Form {
  /** As it stands there; undefined for the page's own address. */
  readonly action: string | undefined;
  /** Every input by its name, in the order of the page. */
  readonly fields: ReadonlyMap<string, string>;
}

/** What of a page in HTML matters here. */
export interface Html {
  readonly title: string;
  /** What a person can read, with single spaces. */
  readonly text: string;
  readonly forms: readonly Form[];
  /** What it says is wrong with what was sent. */
  readonly errors: readonly string[];
  /** Where its links lead, as they stand there. */
  readonly links: readonly string[];
}

/** Reads a page in HTML as a browser does, however broken it is. */
export function readHtml(html: string): Html {
  // Nothing is run here, so what stands there for browsers without scripts is the page.
  const elements = descendants(parse(html, { scriptingEnabled: false }));
  const forms = elements.filter(({ tagName }) => tagName === 'form');
  const controls = elements.flatMap((element) => fieldsOf(element));
  return {
    title: textOf(elements.find(({ tagName }) => tagName === 'title')),
    text: textOf(elements.find(({ tagName }) => tagName === 'body')),
    forms: forms.map((form) => ({
      action: attribute(form, 'action'),
      fields: new Map(controls.filter(({ element }) => formOf(element) === form).map(({ field }) => field)),
    })),
    errors: elements.flatMap((element) =>
      attribute(element, 'class')?.split(/\s+/).includes('form-errors') ? [textOf(element)] : [],
    ),
    links: elements.flatMap((element) => (element.tagName === 'a' ? (attribute(element, 'href') ?? []) : [])),
  };
}

interface Control {
  readonly element: Element;
  readonly field: readonly [name: string, value: string];
}

function fieldsOf(element: Element): Control[] {
  const name = attribute(element, 'name');
  const value = attribute(element, 'disabled') === undefined ? valueOf(element) : undefined;
  return name === undefined || name === '' || value === undefined ? [] : [{ element, field: [name, value] }];
}

const withoutValue = ['submit', 'button', 'reset', 'image', 'file'];

/** What a control sends; undefined for what sends nothing. */
function valueOf(element: Element): string | undefined {
  switch (element.tagName) {
    case 'input':
      return inputValue(element, (attribute(element, 'type') ?? 'text').toLowerCase());
    case 'select':
      return chosenOption(descendants(element).filter(({ tagName }) => tagName === 'option'));
    case 'textarea':
      return textOf(element);
    default:
      return undefined;
  }
}

function inputValue(input: Element, type: string): string | undefined {
  if (withoutValue.includes(type)) return undefined;
  if (type === 'radio' && attribute(input, 'checked') === undefined) return undefined;
  return attribute(input, 'value') ?? (type === 'checkbox' ? 'on' : '');
}

function chosenOption(options: readonly Element[]): string | undefined {
  const chosen = options.find((each) => attribute(each, 'selected') !== undefined) ?? options[0];
  return chosen && (attribute(chosen, 'value') ?? textOf(chosen));
}

function formOf(element: Element): Element | undefined {
  let above = element.parentNode;
  while (above !== null && 'parentNode' in above) {
    if ('tagName' in above && above.tagName === 'form') return above;
    above = above.parentNode;
  }
  return undefined;
}

function descendants(node: Node): Element[] {
  const children = 'childNodes' in node ? node.childNodes : [];
  return children.flatMap((child) => ('tagName' in child ? [child, ...descendants(child)] : []));
}

function attribute({ attrs }: Element, name: string): string | undefined {
  return attrs.find((each) => each.name === name)?.value;
}

const unread = ['script', 'style', 'template'];

function textOf(node: Node | undefined): string {
  return plainText(node).replaceAll(/\s+/g, ' ').trim();
}

function plainText(node: Node | undefined): string {
  if (node === undefined || unread.includes(node.nodeName)) return '';
  if ('value' in node) return node.value;
  return 'childNodes' in node ? node.childNodes.map(plainText).join(' ') : '';
}
